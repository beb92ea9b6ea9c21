import type { LogLine } from "../journal.ts";
import type { JsonObject } from "../json.ts";

/** Structured log: one JSON line each, with the fields of its context on every line. */
export interface Log {
  write(line: LogLine): void;
  /** A log whose lines carry further fields. */
  with(fields: JsonObject): Log;
}
