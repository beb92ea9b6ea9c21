import type { LogLine } from "../../lib/core/journal.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import type { Log } from "../../lib/core/ports/log.ts";

/** A log that keeps its lines, each with the fields of its context. */
export interface KeptLog extends Log {
  readonly lines: readonly (LogLine & { readonly context: JsonObject })[];
}

/** Writes nowhere. */
export function keptLog(): KeptLog {
  const lines: (LogLine & { context: JsonObject })[] = [];
  const within = (context: JsonObject): KeptLog => ({
    lines,
    write: (line) => void lines.push({ ...line, context }),
    with: (fields) => within({ ...context, ...fields }),
  });
  return within({});
}
