import type { DeliveryFacts } from "../run.ts";

/** A run that a delivery becomes. Times in milliseconds since the epoch. */
export interface NamedRun {
  readonly runId: string;
  readonly createdAt: number;
}

/** What tells deliveries apart. */
export interface DeliveryKey {
  readonly workflow: string;
  readonly key: string;
  /** Until when deliveries of the key are the run that is named. */
  readonly until: number;
}

/** What became of a delivery that became no run of its own. */
export const RECEIPT_OUTCOMES = [
  "refused",
  "invalid",
  "limited",
  "duplicate",
  "batched",
  "handshake",
] as const;
/** One of {@link RECEIPT_OUTCOMES}. */
export type ReceiptOutcome = (typeof RECEIPT_OUTCOMES)[number];

/** What is kept of such a delivery, for seven days; never its body. */
export interface Receipt extends DeliveryFacts {
  /** UUIDv7. */
  readonly id: string;
  readonly workflow: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly outcome: ReceiptOutcome;
  /** What the sender was answered. */
  readonly status: number;
  readonly reason: string;
  /** The run that a duplicate is, or that shares the delivery with others. */
  readonly runId?: string;
}

/** Which receipts to list, newest first. */
export interface ReceiptQuery {
  readonly workflows: readonly string[];
  /** Absent: all. */
  readonly outcome?: ReceiptOutcome;
  /** Id of the last one of the page before; default: the first page. */
  readonly after?: string;
  /** Milliseconds since the epoch, both included. */
  readonly since: number;
  readonly until: number;
  readonly limit: number;
}

/**
 * What is known of deliveries beside their runs. Every method may throw FlowError `connection`, `rate_limited` or
 * `server_error` when the store cannot be reached.
 */
export interface Deliveries {
  /** The run that deliveries of the key are: this one, or the one that was named before and is in force at this one's time. */
  name(key: DeliveryKey, run: NamedRun): Promise<NamedRun>;
  /** The runs that deliveries of the key were in these workflows, at least while its window lasts. */
  named(workflows: readonly string[], key: string): Promise<readonly NamedRun[]>;
  keep(receipt: Receipt): Promise<void>;
  list(query: ReceiptQuery): Promise<readonly Receipt[]>;
  /** A receipt of one of these workflows; undefined when there is none. */
  get(id: string, workflows: readonly string[]): Promise<Receipt | undefined>;
  /** What is known of the deliveries that became runs, by the run's id; those of other runs are missing. */
  factsOf(runIds: readonly string[]): Promise<ReadonlyMap<string, DeliveryFacts>>;
}
