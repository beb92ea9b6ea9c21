import type { Clock } from "../core/ports/clock.ts";

/** A clock that can stand still. */
export interface StillClock extends Clock {
  /** Time stands still until the work is done: what is done outside this thread takes none. */
  during<T>(work: Promise<T>): Promise<T>;
}

/** A clock whose time passes only when somebody sleeps and nothing else is left to do. */
export interface VirtualClock extends StillClock {
  /** Milliseconds of every sleep that took time, in the order they began. */
  readonly slept: readonly number[];
  /** The same time for those whose sleeping is not to be counted. */
  readonly uncounted: StillClock;
  /** Lets time pass. */
  advance(ms: number): void;
}

interface Due {
  readonly at: number;
  readonly fire: () => void;
}

/** Starts at `startMs`. Sleepers wake in the order of their times; timers fire when a sleep carries time past them. */
export function virtualClock(startMs = Date.UTC(2026, 0, 2, 3, 4, 5)): VirtualClock {
  let now = startMs;
  const slept: number[] = [];
  const sleepers = new Set<Due>();
  const timers = new Set<Due>();
  let pumping = false;
  let working = 0;

  const passTo = (time: number) => {
    const due = [...timers].filter(({ at }) => at <= time).sort((a, b) => a.at - b.at);
    for (const timer of due) {
      if (!timers.delete(timer)) continue;
      now = Math.max(now, timer.at);
      timer.fire();
    }
    now = Math.max(now, time);
  };
  const pump = () => {
    if (pumping || working > 0 || sleepers.size === 0) return;
    pumping = true;
    // Everything that can go on without time passing goes first.
    setImmediate(() => {
      pumping = false;
      const next = [...sleepers].sort((a, b) => a.at - b.at)[0];
      if (!next || working > 0) return;
      const timer = Math.min(...[...timers].map(({ at }) => at));
      // What a timer sets off goes on before time passes any further.
      passTo(Math.min(timer, next.at));
      if (next.at <= timer && sleepers.delete(next)) next.fire();
      pump();
    });
  };

  const uncounted: StillClock = {
    now: () => now,
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const sleeper = { at: now + ms, fire: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", () => sleepers.delete(sleeper) && reject(signal.reason), {
          once: true,
        });
        pump();
      });
    },
    timer(ms, fire) {
      const timer = { at: now + ms, fire };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async during(work) {
      working += 1;
      try {
        return await work;
      } finally {
        working -= 1;
        pump();
      }
    },
  };
  return {
    ...uncounted,
    slept,
    uncounted,
    advance: (ms) => passTo(now + ms),
    sleep(ms, signal) {
      if (ms > 0 && !signal?.aborted) slept.push(ms);
      return uncounted.sleep(ms, signal);
    },
  };
}
