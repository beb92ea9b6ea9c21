import type { Clock } from "../core/ports/clock.ts";

/** How long a run has waited in this invocation, which its own `timeout` does not count. */
export interface Waits {
  /** Milliseconds in which at least one wait was under way. */
  total(): number;
  /** Waits, and counts it. */
  during(wait: () => Promise<void>): Promise<void>;
}

/** A count that starts at zero. */
export function createWaits(clock: Clock): Waits {
  let ended = 0;
  let underWay = 0;
  let since = 0;
  return {
    total: () => ended + (underWay > 0 ? clock.now() - since : 0),
    async during(wait) {
      if (underWay === 0) since = clock.now();
      underWay += 1;
      try {
        await wait();
      } finally {
        underWay -= 1;
        if (underWay === 0) ended += clock.now() - since;
      }
    },
  };
}
