/** Longest time a runner's invocation lasts: Lambda's limit of 15 minutes. */
export const INVOCATION_MS = 15 * 60_000;

/** A lease outlasts its invocation by this much, so that it cannot run out while the process still writes. */
export const LEASE_MARGIN_MS = 5_000;

/** When someone looks after a run that should have moved: longer than any lease. */
export const LOOK_AFTER_MS = INVOCATION_MS + 5 * 60_000;

/** A run leaves its invocation this long before the invocation's end, to store and release in peace. */
export const HAND_OVER_MARGIN_MS = 15_000;

/** A day, in milliseconds. */
export const DAY_MS = 86_400_000;

/** A run that goes on later than this before its history is deleted has its history kept longer. */
export const EXPIRY_MARGIN_MS = DAY_MS / 12;

/** A longer wait is spent in the queue: holding an invocation for it costs more than two writes and a message. */
export const LONGEST_WAIT_MS = 10_000;

/** After a delayed message should have woken a run, the sweeper looks this much later. */
export const WAKE_MARGIN_MS = 60_000;
