/** So often a message of a stage's inbox is delivered at most; with the inbox's pauses that takes some three days. */
export const MOST_DELIVERIES = 1_000;

/** So often one that is wrong itself: half an hour, in which a newer inbox may come that knows what to do with it. */
export const MOST_DELIVERIES_OF_A_WRONG_ONE = 10;
