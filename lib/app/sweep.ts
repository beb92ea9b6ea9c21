import type { Clock } from "../core/ports/clock.ts";
import type { Log } from "../core/ports/log.ts";
import type { Metrics } from "../core/ports/metrics.ts";
import type { Queue } from "../core/ports/queue.ts";
import type { DueRun, RunStore } from "../core/ports/run-store.ts";
import type { Timings } from "./timings.ts";

/** What sweeping needs. */
export interface Sweeper {
  readonly store: RunStore;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly timings: Timings;
}

// A page of this size is looked at and enqueued in well under a minute.
const PAGE = 200;

/**
 * Enqueues every run that should have moved and has not: stored but never enqueued, lease run out, wait over.
 * Returns how many. A run is looked at again later in case its message gets lost too.
 */
export async function sweep({ store, queue, clock, log, metrics, timings }: Sweeper): Promise<number> {
  let enqueued = 0;
  for (;;) {
    const now = clock.now();
    const due = await store.due(now, PAGE);
    const moved: DueRun[] = [];
    for (const run of due) {
      const later = laterThan(run, now);
      const taken = await store.postpone(run, later ?? now + timings.lookAfterMs);
      if (taken && later === undefined) moved.push(run);
    }
    await queue.sendAll(moved.map(({ runId }) => ({ runId })));
    enqueued += moved.length;
    if (due.length < PAGE) break;
  }
  metrics.add("RunsSwept", enqueued);
  if (enqueued > 0) log.write({ level: "warn", message: "swept", fields: { enqueued } });
  return enqueued;
}

/** When to look again at a run that somebody holds or that waits; undefined for one that should move now. */
function laterThan({ leaseUntil, notBefore }: DueRun, now: number): number | undefined {
  const until = Math.max(leaseUntil ?? 0, notBefore ?? 0);
  return until > now ? until + 1 : undefined;
}
