import type { BurstDelivery } from "./ports/bursts.ts";
import { timeOfRunId } from "./run.ts";

/** A burst as it stands with one of its deliveries. Times in milliseconds since the epoch. */
export interface BurstTimes {
  /** Of its first delivery. */
  readonly began: number;
  /** When it ends, and the run of its last delivery begins. */
  readonly until: number;
}

/** The burst with one more delivery, given how it stood with the one before; a new one where that was over. */
export function burstWith(
  { runId, seconds, maxSeconds }: BurstDelivery,
  before: BurstTimes | undefined,
): BurstTimes {
  const at = timeOfRunId(runId);
  const began = before && before.until > at ? before.began : at;
  const longest = maxSeconds === undefined ? Number.POSITIVE_INFINITY : began + maxSeconds * 1000;
  return { began, until: Math.min(at + seconds * 1000, longest) };
}
