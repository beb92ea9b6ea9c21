import { blankHistory } from "../core/blank-history.ts";
import { readEvent } from "../core/event-body.ts";
import type { Answers } from "../core/ports/answers.ts";
import type { Bursts } from "../core/ports/bursts.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Deliveries } from "../core/ports/deliveries.ts";
import type { Log } from "../core/ports/log.ts";
import type { Metrics } from "../core/ports/metrics.ts";
import type { Pairings } from "../core/ports/pairings.ts";
import { MAX_DELAY_SECONDS, type Queue } from "../core/ports/queue.ts";
import type { Random } from "../core/ports/random.ts";
import type { NewRunStore, RunStore } from "../core/ports/run-store.ts";
import type { Secrets } from "../core/ports/secrets.ts";
import type { Splits } from "../core/ports/splits.ts";
import type { Turns } from "../core/ports/turns.ts";
import type { InputCatalog, WorkflowTexts } from "../core/ports/workflow-catalog.ts";
import type { NewRun, StoredEvent } from "../core/run.ts";
import type { InputEntry } from "../core/workflow.ts";
import { keepVersion } from "./keep-version.ts";
import { keptSeconds, type Timings } from "./timings.ts";

/** What making runs of deliveries needs, whoever they are from. */
export interface Accepting {
  readonly store: NewRunStore;
  readonly deliveries: Pick<Deliveries, "name">;
  readonly turns: Turns;
  readonly bursts: Pick<Bursts, "join">;
  readonly queue: Queue;
  readonly catalog: WorkflowTexts;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly stage: string;
  readonly maxBodyBytes: number;
  /** What the function's own environment says of the names that inputs read. */
  readonly plainEnvironment: { readonly [name: string]: string | undefined };
  readonly timings: Timings;
}

/** What accepting events from outside needs. */
export interface Ingest extends Accepting {
  readonly deliveries: Pick<Deliveries, "name" | "keep">;
  readonly answers: Pick<Answers, "get">;
  readonly runs: Pick<RunStore, "get">;
  readonly splits: Pick<Splits, "read">;
  readonly pairings: Pick<Pairings, "give">;
  readonly secrets: Secrets;
  readonly inputs: InputCatalog;
  readonly orgId: string;
}

/** How a new run is stored. Times in milliseconds since the epoch. */
interface NewRunOptions extends Pick<NewRun, "parent" | "delivery" | "droppedFor" | "burst" | "batch"> {
  readonly runId: string;
  readonly now: number;
  /** Default: `now`. */
  readonly createdAt?: number;
  /** When the run begins, and how long it is until then; absent: at once. */
  readonly later?: { readonly at: number; readonly waitMs: number } | undefined;
}

/**
 * Stores an event as a new run of a version that is kept, then enqueues it, unless it is dropped at once or begins later than the
 * queue can delay it. What is stored and not enqueued is found by the sweeper. @throws FlowError when store or queue do not take it.
 */
export async function storeEvent(
  {
    store,
    queue,
    stage,
    catalog,
    timings,
    metrics,
  }: Pick<Ingest, "store" | "queue" | "stage" | "catalog" | "timings" | "metrics">,
  entry: Pick<InputEntry, "name" | "hash" | "retentionDays" | "redact">,
  event: StoredEvent,
  { runId, now, createdAt = now, later, ...more }: NewRunOptions,
): Promise<void> {
  await keepVersion({ store, catalog }, entry);
  const beginsAt = later?.at ?? now;
  const delaySeconds = later && Math.ceil(later.waitMs / 1000);
  const { droppedFor, batch } = more;
  const isSent = delaySeconds === undefined || delaySeconds <= MAX_DELAY_SECONDS;
  await store.create({
    runId,
    workflow: entry.name,
    hash: entry.hash,
    stage,
    event,
    ...(droppedFor !== undefined && entry.redact && blanked(event, entry.redact)),
    createdAt,
    dueAt: isSent ? beginsAt + timings.lookAfterMs : beginsAt,
    expiresAt: Math.floor(beginsAt / 1000) + keptSeconds(entry),
    // A batch that is full begins sooner.
    ...(later && !batch && { notBefore: later.at }),
    ...more,
  });
  if (droppedFor === undefined && isSent) await queue.send({ runId }, delaySeconds);
  metrics.add("RunsAccepted", 1, { Workflow: entry.name });
  if (droppedFor !== undefined) metrics.add("RunsDropped", 1, { Workflow: entry.name });
}

/** What is over is kept as the end of a run would leave it. */
function blanked(event: StoredEvent, redact: readonly string[]): Pick<NewRun, "event" | "blanked"> {
  return { event: blankHistory({ event: readEvent(event) }, [], redact).event ?? event, blanked: true };
}
