import type { Clock } from "../core/ports/clock.ts";

// The longest delay of setTimeout; a longer one would fire at once.
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  timer,
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const cancel = timer(ms, () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      });
      const abort = () => {
        cancel();
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
    });
  },
};

function timer(ms: number, expire: () => void): () => void {
  let handle: NodeJS.Timeout;
  const wait = (left: number) => {
    handle =
      left > LONGEST_DELAY_MS
        ? setTimeout(() => wait(left - LONGEST_DELAY_MS), LONGEST_DELAY_MS)
        : setTimeout(expire, left);
  };
  wait(ms);
  return () => clearTimeout(handle);
}
