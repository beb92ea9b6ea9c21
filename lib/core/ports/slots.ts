/** Whose slots: a key of a workflow, and how many it has. */
export interface SlotPlace {
  readonly workflow: string;
  /** Of any length. */
  readonly key: string;
  readonly count: number;
}

/** A run that asks for a slot. Times in milliseconds since the epoch. */
export interface SlotClaim {
  readonly runId: string;
  /** Unique for each claim of the run. */
  readonly owner: string;
  readonly now: number;
  /** The slot is free again then, should its owner have died. */
  readonly until: number;
}

/** A slot that was taken, or when the first of those that others have runs out. */
export type SlotAnswer =
  | { readonly kind: "taken"; readonly slot: number }
  | { readonly kind: "full"; readonly until: number };

/**
 * The slots of keys, across all processes, and for each key the line of the runs that wait for one. Every method may throw
 * FlowError `connection`, `rate_limited` or `server_error` when the store cannot be reached, and may be repeated.
 */
export interface Slots {
  /** Takes a slot that is free, or kept for the run. */
  take(place: SlotPlace, claim: SlotClaim): Promise<SlotAnswer>;
  /**
   * Frees a slot, if the owner still has it, and takes the first run out of the line: its id, for which the slot is kept until
   * `keptUntil` under that id as owner, if nobody was faster. Undefined: the line is empty.
   */
  free(
    place: SlotPlace,
    held: { readonly slot: number; readonly owner: string; readonly now: number; readonly keptUntil: number },
  ): Promise<string | undefined>;
  /** Puts a run into the line, in the order of ids. True: a slot is free by now, and nobody may tell the run. */
  enter(
    place: SlotPlace,
    waiting: { readonly runId: string; readonly now: number; readonly expiresAt: number },
  ): Promise<boolean>;
  /** Takes a run out of the line. */
  leave(place: SlotPlace, runId: string): Promise<void>;
}
