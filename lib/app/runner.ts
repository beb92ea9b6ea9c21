import type { EnvironmentSource } from "../core/environment-source.ts";
import type { JsonObject } from "../core/json.ts";
import type { Answers } from "../core/ports/answers.ts";
import type { Bursts } from "../core/ports/bursts.ts";
import type { Cache } from "../core/ports/cache.ts";
import type { Log } from "../core/ports/log.ts";
import type { Metrics } from "../core/ports/metrics.ts";
import type { Queue } from "../core/ports/queue.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import type { Secrets } from "../core/ports/secrets.ts";
import type { Slots } from "../core/ports/slots.ts";
import type { Spans } from "../core/ports/spans.ts";
import type { Splits } from "../core/ports/splits.ts";
import type { WorkflowCatalog } from "../core/ports/workflow-catalog.ts";
import type { ClaimedRun } from "../core/run.ts";
import type { AnyStep } from "../core/step.ts";
import type { OutsidePorts } from "../core/step-context.ts";
import { traceOf } from "../core/trace-context.ts";
import type { Redelivery } from "./dispose-of.ts";
import type { Timings } from "./timings.ts";

/** Everything that running events needs, introduced to each other by the function that uses it. */
export interface Runner {
  readonly store: RunStore;
  readonly queue: Queue;
  readonly secrets: Secrets;
  readonly catalog: WorkflowCatalog;
  readonly steps: ReadonlyMap<string, AnyStep>;
  readonly ports: OutsidePorts;
  readonly cache: Cache;
  readonly slots: Slots;
  readonly splits: Pick<Splits, "read">;
  readonly bursts: Pick<Bursts, "followers">;
  readonly answers: Answers;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Absent: nobody collects them. */
  readonly spans?: Spans | undefined;
  readonly stage: string;
  /** The function's own environment. */
  readonly plainEnvironment: EnvironmentSource;
  readonly redelivery: Redelivery;
  readonly timings: Timings;
}

/** The invocation that a run is executed in. Times in milliseconds since the epoch. */
export interface Invocation {
  /** When the platform ends it: asked again before each step, since a local stack may end sooner than it said. */
  readonly deadline: number;
}

/** The fields that every log line of a run carries. */
export function runFields(run: ClaimedRun): JsonObject {
  const { runId, workflow, attempt } = run;
  return { run_id: runId, workflow, attempt, trace_id: traceOf(run).traceId };
}
