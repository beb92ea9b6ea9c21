import type { Turn, TurnRequest } from "./ports/turns.ts";

/**
 * What decides on a turn, in whole microseconds, so that sums are exact. The generic cell rate algorithm as a virtual
 * schedule (ITU-T I.371, annex A): of a key only the time is kept at which its next turn would be due if turns came evenly.
 */
export interface TurnRate {
  readonly now: number;
  /** Between two turns. */
  readonly interval: number;
  /** A turn may be taken this long before it is due: with all others of the burst. */
  readonly burst: number;
  /** The latest due time with which a turn is still taken. */
  readonly latest: number;
}

/** The rate that a request asks for. An interval is rounded up: a key never has more turns than it should. */
export function turnRate({ count, perSeconds, now, longestWaitMs }: TurnRequest): TurnRate {
  const interval = Math.ceil((perSeconds * 1e6) / count);
  const burst = (count - 1) * interval;
  return { now: now * 1000, interval, burst, latest: (now + longestWaitMs) * 1000 + burst };
}

/** The turn of a key whose next one is due at `due`. */
export function turnAt(due: number, { now, burst, latest }: TurnRate): Turn {
  return { taken: due <= latest, at: Math.ceil(Math.max(now, due - burst) / 1000) };
}
