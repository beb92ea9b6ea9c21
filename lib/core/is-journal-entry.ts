import type { EntryStatus, JournalEntry } from "./journal.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";

type Test = (value: Json) => boolean;

const isText: Test = (value) => typeof value === "string";
const isNumber: Test = (value) => typeof value === "number";
const isList =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
const isWrite: Test = (value) => isObject(value) && isList(isText)(value.path ?? null);
const isError: Test = (value) =>
  isObject(value) && isText(value.class ?? null) && isText(value.message ?? null);

const STATUSES: { readonly [status in EntryStatus]: true } = {
  ok: true,
  skipped: true,
  cached: true,
  dropped: true,
  stopped: true,
  failed: true,
  retrying: true,
  started: true,
  waiting: true,
};

const REQUIRED: { readonly [key: string]: Test } = {
  path: isText,
  id: isText,
  type: isText,
  status: (value) => typeof value === "string" && Object.hasOwn(STATUSES, value),
  startedAt: isNumber,
  durationMs: isNumber,
  attempts: isNumber,
  patch: isList(isWrite),
};

const OPTIONAL: { readonly [key: string]: Test } = {
  handled: (value) => value === true,
  isolated: isText,
  failedAttempts: isList(isObject),
  alternative: isNumber,
  dueAt: isNumber,
  logs: isList(isObject),
  warnings: isList(isText),
  usage: isObject,
  children: isList(isText),
  chunks: isObject,
  costUsd: isNumber,
  savedUsd: isNumber,
  error: isError,
  delivery: isNumber,
  final: (value) => value === true,
  note: isText,
};

/** True for what resuming and showing a run can rely on; how the parts of a log line or of usage look is not asked. */
export function isJournalEntry(value: Json): value is JsonObject & JournalEntry {
  if (!isObject(value)) return false;
  for (const key in REQUIRED) if (!(key in value && REQUIRED[key]?.(value[key] ?? null))) return false;
  for (const key in OPTIONAL) if (key in value && !OPTIONAL[key]?.(value[key] ?? null)) return false;
  return true;
}
