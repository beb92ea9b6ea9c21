import type { StepResult } from "../step-result.ts";

/** What is kept of a step: its result, blanked of secrets. */
export type CachedResult = Omit<Extract<StepResult, { kind: "next" }>, "kind" | "replacesState">;

/** Who asks for a result. Times in milliseconds since the epoch. */
export interface CacheClaim {
  /** The same for every attempt of one step in one run, so that a run that comes back finds its own lease. */
  readonly owner: string;
  readonly now: number;
  /** Until when the asker computes the result, should there be none. */
  readonly leaseUntil: number;
  /** A result that was stored at or before this time is out of date. */
  readonly staleAt: number;
}

/** What a claim found. */
export type CacheAnswer =
  /** `owner`: who computed it. */
  | { readonly kind: "hit"; readonly result: CachedResult; readonly owner: string }
  /** There is none: the asker computes it, and everybody else waits until the lease is over. */
  | { readonly kind: "claimed" }
  /** Somebody else computes it, until this time at the latest. */
  | { readonly kind: "held"; readonly until: number };

/** A result to be kept. */
export interface CacheEntry {
  readonly owner: string;
  readonly result: CachedResult;
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
  readonly ttlSeconds: number;
}

/**
 * Results of steps under keys, each with one computation at a time: of all who find none, one gets the lease. Every
 * method may throw FlowError `connection`, `rate_limited` or `server_error` when the cache cannot be reached.
 */
export interface Cache {
  /** The result, or the lease to compute it. Of a result that cannot be read (any more) there is none. */
  claim(key: string, claim: CacheClaim): Promise<CacheAnswer>;
  /** Keeps a result in place of its owner's lease; of an owner whose lease was taken over nothing is kept. */
  store(key: string, entry: CacheEntry): Promise<void>;
  /** Ends the owner's lease without a result; somebody else's stays. */
  release(key: string, owner: string): Promise<void>;
}
