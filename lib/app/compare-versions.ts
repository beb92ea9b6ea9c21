import type { RunStore } from "../core/ports/run-store.ts";
import { isFinal, type RunSummary } from "../core/run.ts";

/** How the latest runs of a version went. Times in milliseconds, money in US dollars. */
export interface VersionNumbers {
  readonly runs: number;
  readonly succeeded: number;
  readonly dropped: number;
  readonly failed: number;
  /** From the event's acceptance to the run's end, of those that succeeded; absent: none did. */
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  /** What models cost, of all that have ended. */
  readonly meanUsd: number;
}

/** Which runs are compared: the latest ones, so many at most, accepted since then. Times in milliseconds since the epoch. */
export interface ComparedRuns {
  readonly since: number;
  readonly now: number;
  readonly limit: number;
}

/** The numbers of a workflow's latest runs that have ended, by version. @throws FlowError what the store threw. */
export async function compareVersions(
  store: Pick<RunStore, "list">,
  workflow: string,
  { since, now, limit }: ComparedRuns,
): Promise<ReadonlyMap<string, VersionNumbers>> {
  const runs = await store.list({ workflows: [workflow], limit, since, until: now });
  const ended = runs.filter(({ status }) => status !== "damaged" && isFinal(status));
  const groups = Map.groupBy(ended, ({ hash }) => hash);
  return new Map([...groups].map(([hash, group]) => [hash, numbersOf(group)]));
}

function numbersOf(runs: readonly RunSummary[]): VersionNumbers {
  const count = (wanted: string) => runs.filter(({ status }) => status === wanted).length;
  const times = runs
    .flatMap(({ status, createdAt, finishedAt }) =>
      status === "succeeded" && finishedAt !== undefined ? [finishedAt - createdAt] : [],
    )
    .sort((a, b) => a - b);
  return {
    runs: runs.length,
    succeeded: count("succeeded"),
    dropped: count("dropped"),
    failed: count("failed"),
    ...(times.length > 0 && { p50Ms: rankOf(times, 0.5), p95Ms: rankOf(times, 0.95) }),
    meanUsd: runs.reduce((sum, { costUsd }) => sum + costUsd, 0) / runs.length,
  };
}

/** The nearest rank: the least of the sorted values that so large a part of them does not exceed. */
function rankOf(sorted: readonly number[], part: number): number {
  return sorted[Math.ceil(part * sorted.length) - 1] as number;
}
