import type { Clock } from "../../lib/core/ports/clock.ts";

/** A clock whose time passes only when somebody sleeps and nothing else is left to do. */
export interface VirtualClock extends Clock {
  /** Milliseconds of every sleep that took time, in the order they began. */
  readonly slept: readonly number[];
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
    if (pumping) return;
    pumping = true;
    // Everything that can go on without time passing goes first.
    setImmediate(() => {
      pumping = false;
      const next = [...sleepers].sort((a, b) => a.at - b.at)[0];
      if (!next) return;
      passTo(next.at);
      if (sleepers.delete(next)) next.fire();
      pump();
    });
  };

  return {
    slept,
    now: () => now,
    advance: (ms) => passTo(now + ms),
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (ms > 0) slept.push(ms);
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
  };
}
