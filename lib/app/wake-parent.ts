import {
  type ChunkLink,
  isFinal,
  type NewRun,
  type ParentLink,
  type RunRecord,
  type StoredStatus,
  timeOfRunId,
} from "../core/run.ts";
import type { Runner } from "./runner.ts";

/** What is known of a run that has ended; of a damaged one not when it expires. */
type Ended = Pick<NewRun, "runId" | "parent" | "chunk"> & Partial<Pick<NewRun, "expiresAt">>;

/** How a run has ended, as far as the one that waits for it is concerned. */
type End = Pick<RunRecord, "status" | "reason" | "blanked">;

// How long the mark of a damaged chunk is kept.
const KEPT_SECONDS = 30 * 86_400;

/**
 * Sends a message for the run that waits for this one, which has ended. One that is under way needs none: it looks by
 * itself, at the latest when it has let go. Of a loop's chunks only that sends one which completes them, or ends the run.
 * @throws what store or queue threw
 */
export async function wakeParent(
  place: Pick<Runner, "store" | "queue">,
  run: Ended,
  end: End,
): Promise<void> {
  const { store, queue } = place;
  const { parent, chunk } = run;
  if (!parent?.awaits) return;
  if (chunk) return endChunk(place, run, { parent, chunk }, end);
  if (isWakeable(await store.status(parent.runId))) await queue.send({ runId: parent.runId });
}

async function endChunk(
  { store, queue }: Pick<Runner, "store" | "queue">,
  { runId: chunkId, expiresAt }: Ended,
  { parent: { runId, path }, chunk: { number, of } }: { parent: ParentLink; chunk: ChunkLink },
  { status, reason, blanked }: End,
): Promise<void> {
  const loop = { runId, path };
  const endsRun = reason !== undefined;
  const isLast = await store.loops.end(loop, {
    number,
    of,
    failed: status !== "succeeded",
    endsRun,
    expiresAt: expiresAt ?? Math.ceil(timeOfRunId(chunkId) / 1000) + KEPT_SECONDS,
  });
  const wakes = isLast || endsRun;
  if (!wakes && !blanked) return;
  const stands = await store.status(runId);
  if (wakes && isWakeable(stands)) await queue.send({ runId });
  // Whoever blanked that run's history may have done so before this chunk's result came.
  if (blanked && (stands === undefined || isFinal(stands))) await store.loops.removeResult(loop, number);
}

/** A damaged run is ended by whoever gets its message. */
function isWakeable(status: StoredStatus | undefined): boolean {
  return status === "waiting" || status === "damaged";
}
