import type { DeadLetters } from "../core/ports/dead-letters.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import type { RunSummary } from "../core/run.ts";
import { type OpenLetter, openDeadLetters } from "./dead-letters.ts";

/** A dead letter and the run that it is of. Where the queue itself gave the message up, its reason is the run's own error. */
export interface RunLetter extends OpenLetter {
  /** Absent: there is none, or it is not kept any more. */
  readonly run?: RunSummary;
}

/** Every dead letter with its run, as {@link openDeadLetters} opens them. @throws what queue or store threw. */
export async function* runLetters(
  store: Pick<RunStore, "summary">,
  deadLetters: DeadLetters,
): AsyncGenerator<RunLetter> {
  for await (const letter of openDeadLetters(deadLetters)) {
    const run = letter.runId === undefined ? undefined : await store.summary(letter.runId);
    const reason = letter.reason ?? (run?.error && { ...run.error, step: null });
    yield { ...letter, ...(run && { run }), ...(reason && { reason }) };
  }
}
