import { describeRun } from "../../../lib/app/describe-run.ts";
import { isSettled } from "../../../lib/core/journal.ts";
import { type Json, type JsonObject, jsonOrText } from "../../../lib/core/json.ts";
import type { HttpRequest } from "../../../lib/core/ports/http.ts";
import { stepOf } from "../trial.ts";
import type { ModelRun } from "./model/place.ts";
import { isMapping, sorted } from "./model/values.ts";
import type { WholeRun } from "./whole-runs.ts";

/** What engine and model must have in common of a run. */
export interface Facts {
  readonly status: string;
  readonly state: Json;
  readonly output: Json;
  readonly error: { readonly class: string; readonly step: string | null } | null;
  /** What `stop` or `fail` said. */
  readonly said: string | undefined;
  /** `path status`. */
  readonly settled: readonly string[];
  /** `path line`. */
  readonly printed: readonly string[];
  readonly calls: readonly FactualCall[];
}

interface FactualCall {
  readonly path: string;
  readonly address: string;
  /** Undefined: none was sent. */
  readonly body: Json | undefined;
}

/** What was made of a run. */
export function factsOf({ record, journal, requests }: WholeRun): Facts {
  const { status, state, output, error, reason } = describeRun(record);
  const settled = journal.filter(isSettled);
  const prints = settled.filter(({ type, status: end }) => type === "print" && end === "ok");
  return {
    status,
    state,
    output,
    error: error && { class: error.class, step: error.step },
    said: status === "succeeded" ? (reason ?? undefined) : error?.message,
    settled: settled.map((entry) => `${entry.path} ${entry.status}`),
    printed: prints.map(({ path, logs }) => `${path} ${logs?.[0]?.message}`),
    calls: requests.map((request) => {
      const { method, url, body } = request;
      return { path: stepOf(request).path, address: `${method} ${url}`, body: bodyOf(body) };
    }),
  };
}

/** What the model says of a run. */
export function factsOfModel({ said, calls, ...run }: ModelRun): Facts {
  const made = calls.map(({ path, method, url, body }) => ({
    path,
    address: `${method} ${url}`,
    body: bodyOf(body),
  }));
  return { ...run, said: said?.trim(), calls: made };
}

function bodyOf(body: HttpRequest["body"]): Json | undefined {
  const text = typeof body === "object" ? new TextDecoder().decode(body) : body;
  return text === undefined ? undefined : jsonOrText(text);
}

/** A call in one line. */
export function lineOf({ path, address, body }: FactualCall, counted: boolean): string {
  return `${path}: ${address} ${body === undefined ? "" : sorted(masked(body, counted))}`;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * A value without ids, without the sentences of errors, which are no part of the language, and where attempts are not
 * `counted` without their number.
 */
export function masked(value: Json, counted: boolean): Json {
  if (typeof value === "string") return value.replaceAll(UUID, "id");
  if (Array.isArray(value)) return value.map((item) => masked(item, counted));
  if (!isMapping(value)) return value;
  const isError = value.error_details !== undefined;
  const isMeta = value.run_id !== undefined;
  const entries = Object.entries(value).map(([key, item]): readonly [string, Json] => {
    if ((isError && key === "error") || (isMeta && key === "reason")) return [key, ""];
    if (isError && key === "error_details" && isMapping(item)) {
      const { details: _details, message: _message, ...others } = item;
      return [key, masked(others, counted)];
    }
    return key === "attempts" && !counted ? [key, 0] : [key, masked(item, counted)];
  });
  return Object.fromEntries(entries);
}

/** Each place where two values differ, outermost first. */
export function differences(
  found: Json | undefined,
  expected: Json | undefined,
  path = "",
): readonly string[] {
  if (sorted(found ?? null) === sorted(expected ?? null)) return [];
  const parts = (value: Json | undefined): JsonObject | undefined =>
    Array.isArray(value) ? Object.fromEntries(value.entries()) : isMapping(value) ? value : undefined;
  const [ours, theirs] = [parts(found), parts(expected)];
  const keys = Object.keys({ ...ours, ...theirs });
  if (ours && theirs)
    return keys.flatMap((key) => differences(ours[key], theirs[key], path === "" ? key : `${path} › ${key}`));
  return [`${path}: engine ${JSON.stringify(found)}, model ${JSON.stringify(expected)}`];
}
