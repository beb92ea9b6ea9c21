import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { localIso } from "./local-time.ts";
import { printable, printableLine } from "./printable.ts";
import type { Paint } from "./run-text.ts";

/** Levels of log lines, the least first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Which lines are shown. */
export interface LogFilter {
  readonly run?: string;
  readonly workflow?: string;
  readonly function?: string;
  readonly level: LogLevel;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** A line as it was logged: a record, or text that is none. */
export interface Logged {
  readonly text: string;
  readonly record?: JsonObject;
}

/** Reads a line of a log. */
export function parseLogged(text: string): Logged {
  try {
    const record: Json = JSON.parse(text);
    return isObject(record) ? { text, record } : { text };
  } catch {
    return { text };
  }
}

/** Whether a line is asked for. Records that only count (embedded metric format) never are; plain text only where no record is named. */
export function isWanted({ record }: Logged, filter: LogFilter): boolean {
  const { run, workflow, level, since } = filter;
  if (!record)
    return run === undefined && workflow === undefined && filter.function === undefined && level !== "error";
  if ("_aws" in record) return false;
  const severity = LOG_LEVELS.indexOf(String(record.level ?? "info").toLowerCase() as LogLevel);
  const at = Date.parse(String(record.timestamp ?? ""));
  return (
    (run === undefined || named(record, "run_id") === run) &&
    (workflow === undefined || named(record, "workflow") === workflow) &&
    (filter.function === undefined || String(record.service ?? "").includes(filter.function)) &&
    severity >= LOG_LEVELS.indexOf(level) &&
    !(at < since)
  );
}

/** Ingest names a run among the line's own fields, since it has none of its own. */
function named(record: JsonObject, name: string): Json | undefined {
  const { fields = null } = record;
  return record[name] ?? (isObject(fields) ? fields[name] : undefined);
}

/** A line for people: time, level, workflow, run, step, what it says and its fields. */
export function loggedText({ text, record }: Logged, paint: Paint): string {
  if (!record) return paint("dim", printable(text));
  const { timestamp, level = "INFO", message = "", workflow, run_id: runId, step, fields } = record;
  const at = Date.parse(String(timestamp));
  const style = level === "ERROR" ? "red" : level === "WARN" ? "yellow" : "dim";
  const context = [workflow, runId, step]
    .filter((one) => one !== undefined)
    .map((one) => printableLine(String(one)));
  return [
    Number.isNaN(at) ? "–" : localIso(at),
    paint(style, printableLine(String(level)).toLowerCase().padEnd(5)),
    ...context,
    printableLine(String(message)),
    ...(fields === undefined ? [] : [paint("dim", printableLine(JSON.stringify(fields)))]),
  ].join("  ");
}
