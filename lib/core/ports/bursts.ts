import type { Burst } from "../run.ts";

/** A delivery that waits whether others of its key follow it. */
export interface BurstDelivery {
  readonly workflow: string;
  /** Of any length. */
  readonly key: string;
  /** UUIDv7: its time is the delivery's, and ids of one millisecond have an order too. */
  readonly runId: string;
  /** Its run begins so long after it. */
  readonly seconds: number;
  /** But at the latest so long after the first delivery of a burst; absent: a burst may last for ever. */
  readonly maxSeconds?: number;
  /** How long it is remembered after its run's time. */
  readonly keptSeconds: number;
}

/**
 * Deliveries of a key that follow one another, across all processes. Every method may throw FlowError `connection`,
 * `rate_limited` or `server_error` when the store cannot be reached, and may be repeated.
 */
export interface Bursts {
  /** Remembers a delivery, before its run is stored. */
  join(delivery: BurstDelivery): Promise<Burst>;
  /** Ids of the runs whose deliveries followed a run's before its time, the latest first; some of them may never have been stored. */
  followers(runId: string, burst: Burst): AsyncIterable<string>;
}
