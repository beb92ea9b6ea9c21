/** Who asks for a turn. Times in milliseconds, those of the clock since the epoch. */
export interface TurnRequest {
  readonly workflow: string;
  /** Of any length; each key has turns of its own. */
  readonly key: string;
  /** A key has `count` turns at once, and another one each time that `perSeconds / count` are over, up to `count`. */
  readonly count: number;
  readonly perSeconds: number;
  readonly now: number;
  /** A turn that is later than this from now is not taken. */
  readonly longestWaitMs: number;
}

/** Whether a turn was taken, and when it is; of one that was not, when it would have been. */
export interface Turn {
  readonly taken: boolean;
  /** Milliseconds since the epoch, `now` or later. */
  readonly at: number;
}

/** Turns of keys, given out across all processes in the order in which they are asked for. */
export interface Turns {
  /**
   * Takes the next turn of a key. A request whose answer got lost may have taken one that nobody uses.
   * @throws FlowError `connection`, `rate_limited` or `server_error` when the store cannot be reached.
   */
  take(request: TurnRequest): Promise<Turn>;
}
