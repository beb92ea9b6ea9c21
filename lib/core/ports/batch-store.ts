import type { RequestInfo } from "../run.ts";

/** A batch that deliveries of a key join: the run that it becomes. Times in milliseconds since the epoch. */
export interface NamedBatch {
  /** UUIDv7. */
  readonly runId: string;
  readonly createdAt: number;
  /** Nothing joins it from then on, and its run begins. */
  readonly closesAt: number;
}

/** Whose batch. */
export interface BatchPlace {
  readonly workflow: string;
  /** Of any length. */
  readonly key: string;
}

/** The place of a delivery in a batch. */
export interface BatchSpot {
  readonly runId: string;
  /** From 1. */
  readonly number: number;
}

/** A delivery in a batch. */
export interface BatchItem {
  /** Tells it from all others: whoever puts it a second time puts nothing. */
  readonly id: string;
  /** What workflows read of the body, as JSON. */
  readonly body: string;
  readonly request: RequestInfo;
}

/** What a delivery asks a batch for. */
export interface NumberRequest {
  readonly now: number;
  /** Of the delivery, and the most that a batch may have of more than one. */
  readonly bytes: number;
  readonly mostBytes: number;
}

/** A number in a batch, or why there is none: it is closed or over, it has no room for so much, or its run is not known to be stored. */
export type NumberAnswer = number | "closed" | "full" | "unopened";

/** Whether a batch is closed, how many numbers it has given, or when it may be closed. */
export type Closing =
  | { readonly kind: "closed"; readonly count: number }
  | { readonly kind: "open"; readonly until: number };

/**
 * Deliveries that share a run, kept beside it. Which of them are in it is settled one by one: a number is taken by its
 * delivery, or, once the batch is closed, by whoever reads it. Errors as those of `RunStore`; everything may be repeated, though a number
 * whose answer got lost is nobody's.
 */
export interface BatchStore {
  /** The batch that deliveries of a key were last told to join. */
  current(place: BatchPlace): Promise<NamedBatch | undefined>;
  /** Puts a batch in the place of the one whose run is `before`; gives the one that is there then. */
  name(
    place: BatchPlace,
    batch: NamedBatch,
    before: string | undefined,
    expiresAt: number,
  ): Promise<NamedBatch>;
  /** Lets deliveries in: its run is stored and enqueued. One that was closed meanwhile stays so. */
  open(batch: NamedBatch, size: number, expiresAt: number): Promise<void>;
  takeNumber(runId: string, request: NumberRequest): Promise<NumberAnswer>;
  /** Puts a delivery in its place. False: the batch was closed before. */
  put(spot: BatchSpot, item: BatchItem, expiresAt: number): Promise<boolean>;
  /** Notes where a delivery goes that may come again, in place of `before`; gives where it goes. */
  settle(id: string, spot: BatchSpot, before: BatchSpot | undefined, expiresAt: number): Promise<BatchSpot>;
  /** Where it goes, as far as that is known. */
  spotOf(id: string): Promise<BatchSpot | undefined>;
  /** Lets nobody in any more; given `now`, only a batch that is full or over. */
  close(runId: string, expiresAt: number, now?: number): Promise<Closing>;
  /** What is in a batch that is closed, in the order of numbers; a number that nobody has used by now nobody will. */
  items(runId: string, count: number, expiresAt: number): Promise<readonly BatchItem[]>;
}
