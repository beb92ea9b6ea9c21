import type { StoredEvent } from "../core/run.ts";
import { traceOf } from "../core/trace-context.ts";
import type { InputEntry } from "../core/workflow.ts";
import { derivedRunId } from "./derived-run-id.ts";
import { type Ingest, storeEvent } from "./store-event.ts";

/** An event of a service that may bring it more than once. */
export interface Arrival {
  readonly event: StoredEvent;
  /** When the service says that it happened, milliseconds since the epoch: the same each time. */
  readonly at: number;
  /** What tells the event from all others of its workflow: the same each time. */
  readonly id: string;
}

/** The run that an arrival is, however often it comes. */
export function runIdOfArrival(
  stage: string,
  workflow: string,
  { at, id }: Pick<Arrival, "at" | "id">,
): string {
  return derivedRunId(at, `${stage}/${workflow}/${id}`);
}

/** Stores and enqueues the run of an arrival, or stores why it is dropped. @throws FlowError when store or queue do not take it. */
export async function acceptArrival(
  ingest: Pick<Ingest, "store" | "queue" | "catalog" | "clock" | "log" | "metrics" | "stage" | "timings">,
  entry: InputEntry,
  arrival: Arrival,
  droppedFor?: string,
): Promise<void> {
  const { clock, log, stage } = ingest;
  const runId = runIdOfArrival(stage, entry.name, arrival);
  // A repeated arrival is the same run to the last attribute; what lay in a queue for days is kept as long as any other.
  const times = { createdAt: arrival.at, now: Math.max(arrival.at, clock.now()) };
  await storeEvent(ingest, entry, arrival.event, {
    runId,
    ...times,
    ...(droppedFor !== undefined && { droppedFor }),
  });
  log.write({
    level: "info",
    message: droppedFor === undefined ? "event accepted" : `event dropped: ${droppedFor}`,
    fields: {
      run_id: runId,
      workflow: entry.name,
      trace_id: traceOf({ runId, event: arrival.event }).traceId,
      bytes: arrival.event.body.length,
    },
  });
}
