import { batchesOf } from "../core/batches-of.ts";
import type { ChunkResult } from "../core/chunk.ts";
import { eachOf } from "../core/each-of.ts";
import type { ErrorClass } from "../core/flow-error.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { ChunkOrder, ChunkOutcome, ChunkRuns } from "../core/ports/chunk-runs.ts";
import type { LoopKey } from "../core/ports/loop-store.ts";
import { type ClaimedRun, isFinal, type NewRun, type RunRecord, timeOfRunId } from "../core/run.ts";
import { CHUNKS_AT_ONCE, chunkRunIds } from "./chunk-run-ids.ts";
import { loopProgress } from "./loop-progress.ts";
import type { Operator } from "./operator.ts";
import { ownEvent } from "./own-event.ts";
import { redriveRun } from "./redrive-run.ts";

/** What making chunks of a run's loops needs of a stage. */
type Place = Pick<Operator, "store" | "queue" | "clock" | "timings">;

/** The chunks of one run's loops, by store and queue. They are of its version, and are kept as long as it is. */
export function createStageChunkRuns(place: Place, run: ClaimedRun): ChunkRuns {
  const { store, queue } = place;
  const loopAt = (path: string): LoopKey => ({ runId: run.runId, path });
  return {
    async make(order) {
      await store.loops.keepState(loopAt(order.path), { ...order.state }, run.expiresAt);
      const ids = chunkRunIds(order.chunks);
      await eachOf(batchesOf(ids, CHUNKS_AT_ONCE), 1, async (batch, nth) => {
        await Promise.all(
          batch.map((runId, index) =>
            store.create(chunkRun(place, run, order, runId, nth * CHUNKS_AT_ONCE + index)),
          ),
        );
        await queue.sendAll(batch.map((runId) => ({ runId })));
      });
    },
    progress: (path, chunks) => loopProgress(store, loopAt(path), chunks),
    async outcomes(path, chunks) {
      const results = await store.loops.results(loopAt(path));
      return eachOf(chunkRunIds(chunks), CHUNKS_AT_ONCE, async (runId, number): Promise<ChunkOutcome> => {
        const result = results.get(number);
        return result === undefined
          ? withoutResult(runId, await store.get(runId))
          : (result as unknown as ChunkResult);
      });
    },
    async putBack(path, chunks) {
      const { ended, failed } = await store.loops.progress(loopAt(path));
      await eachOf(chunkRunIds(chunks), CHUNKS_AT_ONCE, async (runId, number) => {
        // One that has not ended by its mark may be one whose mark was taken away before a process died.
        if (ended.has(number) && !failed.has(number)) return;
        const run = await store.get(runId);
        // One that somebody cancelled, or redrove by itself, does not end once more.
        if (!run || (isFinal(run.status) && run.status !== "failed")) return;
        if (failed.has(number)) await store.loops.reopen(loopAt(path), number);
        await redriveRun(place, runId, { keepUnknown: true });
      });
    },
  };
}

function chunkRun(
  { timings }: Place,
  run: ClaimedRun,
  { path, step, chunks: { base, size, count }, items, depth }: ChunkOrder,
  runId: string,
  number: number,
): NewRun {
  const createdAt = timeOfRunId(base);
  const from = number * size;
  return {
    runId,
    workflow: run.workflow,
    hash: run.hash,
    stage: run.stage,
    event: ownEvent("CHUNK", items.slice(from, from + size), {
      madeAt: createdAt,
      deliveryId: `${run.runId}/${path}/${number}`,
      maker: run,
    }),
    createdAt,
    dueAt: createdAt + timings.lookAfterMs,
    expiresAt: run.expiresAt,
    parent: { runId: run.runId, path, awaits: true, depth },
    chunk: { number, of: count, from, step },
  };
}

/** Why a chunk has ended without a word about its items. */
function withoutResult(runId: string, run: RunRecord | undefined): ChunkOutcome {
  const ended = (errorClass: ErrorClass, what: string, details: JsonObject = {}): ChunkOutcome => ({
    error: { step: null, class: errorClass, message: `chunk ${runId} ${what}`, details },
    costUsd: run?.costUsd ?? 0,
  });
  if (!run) return ended("unknown_outcome", "is not kept any more: whether it ran is not known");
  if (!isFinal(run.status)) return ended("internal", "has not ended");
  // A chunk that somebody cancelled does not cancel the run that waits for it.
  if (run.status === "cancelled") return ended("refused", "was cancelled");
  const { class: errorClass = "internal", message = "no reason is kept", details = {} } = run.error ?? {};
  return ended(errorClass, `${run.status}: ${message}`, details as { [key: string]: Json });
}
