import type { RunPage } from "../core/ports/run-store.ts";
import type { RunSummary } from "../core/run.ts";

/** A page of what was found: where it is more than the page takes, the next one goes on behind its last run. */
export function pageOf(found: readonly RunSummary[], limit: number): RunPage {
  const runs = found.slice(0, limit);
  const last = found.length > limit ? runs.at(-1) : undefined;
  return { runs, ...(last && { next: { runId: last.runId, createdAt: last.createdAt } }) };
}
