import { eachOf } from "../core/each-of.ts";
import type { JournalEntry } from "../core/journal.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import type { RunRecord } from "../core/run.ts";
import { CHUNKS_AT_ONCE, chunkRunIds } from "./chunk-run-ids.ts";

/**
 * A run as if its loops had run in it: what the chunks' journals tell stands before the last word of each loop, in the
 * order of the list. @throws what the store threw
 */
export async function withChunks(store: RunStore, run: RunRecord): Promise<RunRecord> {
  const last = new Map(run.journal.map((entry) => [entry.path, entry]));
  const parts = await eachOf(run.journal, 1, async (entry): Promise<readonly JournalEntry[]> => {
    const { chunks, path } = entry;
    if (!chunks) return [entry];
    if (last.get(path) !== entry) return [];
    const found = await eachOf(chunkRunIds(chunks), CHUNKS_AT_ONCE, (runId) => store.get(runId));
    const whole = await eachOf(
      found.filter((one) => one !== undefined),
      1,
      (chunk) => withChunks(store, chunk),
    );
    return [...whole.flatMap(({ journal }) => journal), ...(entry.status === "waiting" ? [] : [entry])];
  });
  return { ...run, journal: parts.flat() };
}
