import type { Json } from "../core/json.ts";
import type { Log } from "../core/ports/log.ts";
import type { Redactor } from "../core/redactor.ts";
import type { RunEnd } from "./run-end.ts";

/** A log whose lines are blanked of the secrets in force when they are written. */
export function blankedLog(log: Log, redactor: () => Redactor): Log {
  return {
    write: ({ level, message, fields }) =>
      log.write({
        level,
        message: redactor().text(message),
        ...(fields && { fields: redactor().json(fields) }),
      }),
    with: (fields) => blankedLog(log.with(fields), redactor),
  };
}

/** The end of a run, blanked: what is stored, listed, put into the dead-letter queue and handed to whoever started it. */
export function blankedEnd(end: RunEnd, { text, json }: Redactor): RunEnd {
  return {
    ...end,
    ...("output" in end && end.output !== undefined && { output: json(end.output) }),
    ...("ends" in end && end.ends !== undefined && { ends: json(end.ends as unknown as Json) }),
    ...("reason" in end && end.reason !== undefined && { reason: text(end.reason) }),
    ...("error" in end && {
      error: { ...end.error, message: text(end.error.message), details: json(end.error.details) },
    }),
  } as RunEnd;
}

/** Lines of one output; those that a secret lies across become one. */
export function blankedLines(lines: readonly string[], redactor: Redactor): readonly string[] {
  const stream = redactor.stream();
  const pieces = lines.map((line, at) => (at === 0 ? line : `\n${line}`));
  const shown = [...pieces.map(stream.push), stream.end()].join("");
  return shown === pieces.join("") ? lines : shown.split("\n");
}
