import type { Clock } from "../core/ports/clock.ts";

/** The time that a run spends in waits without leaving its invocation: it is none of the run's own time. */
export interface WaitedTime {
  /** Milliseconds so far; waits that overlap count once. */
  total(): number;
  /** Sleeps, and counts it. @throws the signal's reason when it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Counts the waits of one attempt of a run. */
export function createWaitedTime(clock: Clock): WaitedTime {
  let ended = 0;
  let underWay = 0;
  let since = 0;
  return {
    total: () => ended + (underWay > 0 ? clock.now() - since : 0),
    async sleep(ms, signal) {
      if (underWay === 0) since = clock.now();
      underWay += 1;
      try {
        await clock.sleep(ms, signal);
      } finally {
        underWay -= 1;
        if (underWay === 0) ended += clock.now() - since;
      }
    },
  };
}
