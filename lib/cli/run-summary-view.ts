import type { RunSummary } from "../core/run.ts";

/** A run of a list as `--json` prints it. Times are ISO 8601. */
export function runSummaryView(run: RunSummary) {
  return {
    run_id: run.runId,
    workflow: run.workflow,
    hash: run.hash,
    status: run.status,
    created_at: new Date(run.createdAt).toISOString(),
    finished_at: run.finishedAt === undefined ? null : new Date(run.finishedAt).toISOString(),
    cost_usd: run.costUsd,
    error: run.error ?? null,
  };
}
