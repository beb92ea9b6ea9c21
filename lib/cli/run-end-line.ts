import { printableLine } from "./printable.ts";
import { type Paint, statusStyle } from "./run-text.ts";

/** A log line of the runner, as far as people want to see it. */
interface RunRecordLine {
  readonly message?: unknown;
  readonly run_id?: unknown;
  readonly workflow?: unknown;
  readonly fields?: unknown;
}

/** The line for people when a log record tells how a run's attempt ended: time, workflow, run, outcome, ms, why. */
export function runEndLine(record: RunRecordLine, paint: Paint): string | undefined {
  const { message, run_id: runId, workflow, fields } = record;
  if (typeof message !== "string" || typeof runId !== "string" || typeof workflow !== "string")
    return undefined;
  const [, outcome] = /^run (succeeded|failed|dropped|cancelled|paused)/.exec(message) ?? [];
  if (outcome === undefined || typeof fields !== "object" || fields === null) return undefined;
  const { ms, class: errorClass, error, reason } = fields as { readonly [name: string]: unknown };
  const why = error === undefined ? reason : `${errorClass}: ${error}`;
  return [
    paint("dim", new Date().toTimeString().slice(0, 8)),
    workflow,
    runId,
    paint(statusStyle(outcome), message.slice("run ".length)),
    `${ms} ms`,
    ...(why === undefined ? [] : [printableLine(String(why))]),
  ].join("  ");
}
