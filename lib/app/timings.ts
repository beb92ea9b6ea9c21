/** Times in milliseconds that follow from how long an invocation of the runner may last. */
export interface Timings {
  readonly invocationMs: number;
  /** A lease outlasts its invocation by this much, so that it cannot run out while the process still writes. */
  readonly leaseMarginMs: number;
  /** A run leaves its invocation this long before the invocation's end, to store and release in peace. */
  readonly handOverMarginMs: number;
  /** When someone looks after a run that should have moved: longer than any lease. */
  readonly lookAfterMs: number;
  /** After a delayed message should have woken a run, the sweeper looks this much later. */
  readonly wakeMarginMs: number;
}

/** The margins are enough for some requests that are slow, and no more than a share of an invocation that is short. */
export function timingsOf(invocationMs: number): Timings {
  return {
    invocationMs,
    leaseMarginMs: Math.min(5_000, invocationMs / 6),
    handOverMarginMs: Math.min(15_000, invocationMs / 4),
    lookAfterMs: (invocationMs * 4) / 3,
    wakeMarginMs: Math.min(60_000, invocationMs / 3),
  };
}

/** A day, in milliseconds. */
export const DAY_MS = 86_400_000;

/** How long a workflow's history is kept, in seconds. */
export function keptSeconds({ retentionDays }: { readonly retentionDays: number }): number {
  return (retentionDays * DAY_MS) / 1000;
}

/** A run that goes on later than this before its history is deleted has its history kept longer. */
export const EXPIRY_MARGIN_MS = DAY_MS / 12;

/** A longer wait is spent in the queue: holding an invocation for it costs more than two writes and a message. */
export const LONGEST_WAIT_MS = 10_000;
