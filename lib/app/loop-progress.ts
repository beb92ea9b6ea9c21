import type { LoopChunks } from "../core/chunk.ts";
import { eachOf } from "../core/each-of.ts";
import type { LoopKey, LoopProgress } from "../core/ports/loop-store.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import { isFinal } from "../core/run.ts";
import { CHUNKS_AT_ONCE, chunkRunIds } from "./chunk-run-ids.ts";

/**
 * Which chunks of a loop have ended. Whoever told that one had failed may have slept while it was put back: of a loop that
 * seems to be over, the chunks that are marked as failed are asked how they stand.
 */
export async function loopProgress(
  store: Pick<RunStore, "loops" | "status">,
  loop: LoopKey,
  chunks: Pick<LoopChunks, "base" | "count">,
): Promise<LoopProgress> {
  const progress = await store.loops.progress(loop);
  const seemsOver = progress.ended.size >= chunks.count || progress.endsRun.size > 0;
  if (!seemsOver || progress.failed.size === 0) return progress;
  const ids = chunkRunIds(chunks);
  const standing = await eachOf([...progress.failed], CHUNKS_AT_ONCE, async (number) => ({
    number,
    status: await store.status(ids[number] ?? ""),
  }));
  const goesOn = standing.filter(
    ({ status }) => status !== undefined && status !== "damaged" && !isFinal(status),
  );
  const succeeded = standing.filter(({ status }) => status === "succeeded");
  const numbers = (some: readonly { readonly number: number }[]) => new Set(some.map(({ number }) => number));
  return {
    ...progress,
    ended: progress.ended.difference(numbers(goesOn)),
    endsRun: progress.endsRun.difference(numbers(goesOn)),
    failed: progress.failed.difference(numbers([...goesOn, ...succeeded])),
  };
}
