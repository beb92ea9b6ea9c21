import type { Clock } from "../core/ports/clock.ts";
import type { Metrics } from "../core/ports/metrics.ts";
import type { Queue } from "../core/ports/queue.ts";
import type { Random } from "../core/ports/random.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import type { WorkflowTexts } from "../core/ports/workflow-catalog.ts";
import type { Runner } from "./runner.ts";
import type { Timings } from "./timings.ts";

/** What redriving, replaying and cancelling need of a stage. */
export interface Operator {
  readonly store: RunStore;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly random: Random;
  /** The texts that are at hand; a version that is missing here is looked for in the store. */
  readonly catalog: WorkflowTexts;
  readonly timings: Timings;
  readonly metrics: Metrics;
}

/** A runner's own means, for what it does in an operator's place. */
export function operatorOf({
  store,
  queue,
  catalog,
  timings,
  metrics,
  ports: { clock, random },
}: Runner): Operator {
  return { store, queue, catalog, timings, metrics, clock, random };
}
