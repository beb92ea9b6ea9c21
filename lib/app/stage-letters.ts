import type { DeadLetters } from "../core/ports/dead-letters.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import type { RunSummary } from "../core/run.ts";
import { type OpenLetter, openDeadLetters } from "./dead-letters.ts";
import { describeInboxMessage } from "./inbox-message.ts";

/** A dead letter of a run. Where the queue itself gave the message up, its reason is the run's own error. */
export interface RunLetter extends OpenLetter {
  readonly kind: "run";
  /** Absent: there is none, or it is not kept any more. */
  readonly run?: RunSummary;
}

/** A message that could not become an event. */
export interface EventLetter extends OpenLetter {
  readonly kind: "event";
  /** `inbox`, or the ARN of the queue that a workflow reads. */
  readonly queue: string;
  /** The workflow it is for, and what it is in a few words; absent: no code of ours understands it. */
  readonly event?: { readonly workflow: string; readonly what: string };
}

/** A dead letter of a stage. */
export type StageLetter = RunLetter | EventLetter;

/** The dead letters of a queue that brings events. */
export interface EventLetterBox {
  readonly letters: DeadLetters;
  /** Absent: the stage's own inbox. */
  readonly source?: { readonly workflow: string; readonly queueArn: string };
}

/** The dead-letter queues of a stage. */
export interface LetterBoxes {
  readonly runs: DeadLetters;
  readonly events: readonly EventLetterBox[];
}

/**
 * Every dead letter of a stage, once: of runs, then of messages that could not become events. They are opened as
 * {@link openDeadLetters} does it.
 * @throws what a queue or the store threw.
 */
export async function* stageLetters(
  store: Pick<RunStore, "summary">,
  { runs, events }: LetterBoxes,
): AsyncGenerator<StageLetter> {
  for await (const letter of openDeadLetters(runs)) yield await runLetter(store, letter);
  const seen = new Set<string>();
  for (const { letters, source } of events) {
    for await (const letter of openDeadLetters(letters)) {
      // Several queues may have one dead-letter queue, which may be that of others too.
      if (seen.has(letter.messageId) || (letter.givenUpBy ?? source?.queueArn) !== source?.queueArn) continue;
      seen.add(letter.messageId);
      yield eventLetter(letter, source);
    }
  }
}

async function runLetter(store: Pick<RunStore, "summary">, letter: OpenLetter): Promise<RunLetter> {
  const run = letter.runId === undefined ? undefined : await store.summary(letter.runId);
  const reason = letter.reason ?? (run?.error && { ...run.error, step: null });
  return { ...letter, kind: "run", ...(run && { run }), ...(reason && { reason }) };
}

function eventLetter({ runId: _none, ...letter }: OpenLetter, source: EventLetterBox["source"]): EventLetter {
  const event = source ? { workflow: source.workflow, what: "a message" } : describeInboxMessage(letter.body);
  return { ...letter, kind: "event", queue: source?.queueArn ?? "inbox", ...(event && { event }) };
}
