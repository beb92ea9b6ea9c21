import type { JournalEntry } from "../core/journal.ts";
import type { MetricName } from "../core/metric-catalog.ts";
import { modelLabel } from "../core/model-label.ts";
import type { Metrics } from "../core/ports/metrics.ts";
import type { ClaimedRun, FinalStatus } from "../core/run.ts";

const ENDS: { readonly [status in FinalStatus]: MetricName } = {
  succeeded: "RunsSucceeded",
  failed: "RunsFailed",
  dropped: "RunsDropped",
  cancelled: "RunsCancelled",
};

/** Counts how long a run has waited for its first claim; a chunk is a part of a run. */
export function countClaim(
  metrics: Metrics,
  { workflow, attempt, chunk, createdAt, notBefore = createdAt }: ClaimedRun,
  now: number,
): void {
  if (attempt === 1 && !chunk)
    metrics.add("QueueAge", now - Math.max(createdAt, notBefore), { Workflow: workflow });
}

/** Counts what one step did, as it becomes known: a step that a crash makes run again was paid for again. */
export function countEntry(metrics: Metrics, workflow: string, entry: JournalEntry): void {
  const { path, type, status, error, usage, savedUsd } = entry;
  const labels = { Workflow: workflow };
  if (status === "failed" && error?.step === path)
    metrics.add("StepFailures", 1, { ...labels, StepType: type, ErrorClass: error.class });
  if (status === "cached") metrics.add("CacheHits", 1, labels);
  if (savedUsd !== undefined) metrics.add("CostSaved", savedUsd, labels);
  if (!usage) return;
  const ofModel = { ...labels, Model: modelLabel(usage) };
  metrics.add("ModelInputTokens", usage.input_tokens, ofModel);
  metrics.add("ModelOutputTokens", usage.output_tokens, ofModel);
  metrics.add("ModelCost", usage.cost_usd ?? 0, ofModel);
}

/** Counts a run's end once it is stored; the end of a chunk is none. */
export function countEnd(
  metrics: Metrics,
  { workflow, chunk }: { readonly workflow?: string; readonly chunk?: unknown },
  { status, spentMs }: { readonly status: FinalStatus; readonly spentMs: number },
): void {
  if (chunk) return;
  const labels = workflow === undefined ? {} : { Workflow: workflow };
  metrics.add(ENDS[status], 1, labels);
  metrics.add("RunDuration", spentMs, labels);
}

/** Counts a message that went into the dead-letter queue, and whose run's it is where that is known. */
export function countDeadLetter(metrics: Metrics, workflow?: string): void {
  metrics.add("DeadLettered", 1, workflow === undefined ? {} : { Workflow: workflow });
}
