/** The run that a tick became. */
export interface LatestTick {
  readonly runId: string;
  /** When it took its place, milliseconds since the epoch: it is made right after that. */
  readonly takenAt: number;
}

/** Which run each schedule's latest tick became. Every method may throw FlowError `connection`, `rate_limited` or `server_error`. */
export interface Schedules {
  latest(workflow: string): Promise<LatestTick | undefined>;
  /** Puts a tick in the place of the run that was read there, undefined: of none. False: another one is there meanwhile. */
  follow(workflow: string, tick: LatestTick, before: string | undefined): Promise<boolean>;
}
