import { isSettled, type JournalEntry } from "../core/journal.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import type { RunRecord } from "../core/run.ts";
import { chunkRunIds } from "./chunk-run-ids.ts";

// Of more failed chunks not every id helps.
const MOST_NAMED = 10;

/** A loop whose items run in chunks, as `--json` prints it. */
export interface LoopView {
  readonly path: string;
  readonly id: string;
  /** How many there are, have ended, and of those have failed. */
  readonly chunks: number;
  readonly ended: number;
  readonly failed: number;
  /** The run of the first chunk. */
  readonly first_run_id: string;
  /** Runs of chunks that failed, ten at most. */
  readonly failed_run_ids: readonly string[];
}

/** How the chunks of a run's loops stand. @throws what the store threw */
export async function describeLoops({ loops }: RunStore, run: RunRecord): Promise<readonly LoopView[]> {
  const last = new Map(run.journal.filter(({ chunks }) => chunks).map((entry) => [entry.path, entry]));
  return Promise.all([...last.values()].map((entry) => loopView(loops, run.runId, entry)));
}

async function loopView(loops: RunStore["loops"], runId: string, entry: JournalEntry): Promise<LoopView> {
  const { path, id, chunks } = entry;
  const ids = chunks ? chunkRunIds(chunks) : [];
  const { ended, failed } = await loops.progress({ runId, path });
  const failedIds = [...failed].sort((a, b) => a - b).flatMap((number) => ids[number] ?? []);
  return {
    path,
    id,
    chunks: ids.length,
    // What is kept beside a run goes when its history is blanked.
    ended: isSettled(entry) ? ids.length : ended.size,
    failed: failed.size,
    first_run_id: ids[0] ?? "",
    failed_run_ids: failedIds.slice(0, MOST_NAMED),
  };
}
