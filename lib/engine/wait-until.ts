import { entryTraits } from "./entry-traits.ts";
import { spendWait } from "./spend-wait.ts";
import type { StepRecord } from "./step-record.ts";
import type { AttemptEnd, Place, Walk } from "./walk.ts";

/** A shorter wait leaves no entry of its own: history and console show its end soon enough. */
const NOTED_WAIT_MS = 10_000;

/**
 * Ends a step at `dueAt`, milliseconds since the epoch. The time is in the journal before the run leaves, so that
 * whoever takes it up waits for the rest only.
 */
export async function waitUntil(
  walk: Walk,
  place: Place,
  record: StepRecord,
  dueAt: number,
): Promise<AttemptEnd> {
  const { journal, ports } = walk.execution;
  const note = `until ${new Date(dueAt).toISOString()}`;
  const write = (): void => {
    if (journal.unsettled(place.path)?.dueAt !== undefined) return;
    const end = { status: "waiting", attempts: 1, dueAt, note } as const;
    journal.record(record.entry(end, ports.clock.now()), entryTraits(place));
  };
  if (dueAt - ports.clock.now() > NOTED_WAIT_MS) write();
  const leave = await spendWait(walk, place, dueAt);
  if (leave?.kind === "pause") {
    write();
    await journal.flush();
  }
  return leave ?? { kind: "next", note };
}
