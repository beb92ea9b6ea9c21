import type { StillClock } from "../../../lib/testing/virtual-clock.ts";

/** The one time of a simulated world: what happens next happens when everything before it has come to rest. */
export interface Scheduler {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Fires after `ms`; what is due at the same time comes in an order of chance. Returns how to call it off. */
  after(ms: number, fire: () => void): () => void;
  /** The world's own clock, which nothing stops. */
  readonly clock: StillClock;
  /** Lets time pass until it is over, nothing is left, or `most` things have happened. Gives how many have. */
  run(isOver: () => boolean, most: number): Promise<number>;
}

interface Happening {
  readonly at: number;
  readonly tie: number;
  readonly number: number;
  fire: () => void;
}

const NOTHING = () => {};

/** Time from `start` on; `tie` draws the order of what is due at once. */
export function createScheduler(start: number, tie: () => number): Scheduler {
  const heap: Happening[] = [];
  let now = start;
  let count = 0;
  let outside: Promise<unknown> | undefined;

  const after: Scheduler["after"] = (ms, fire) => {
    count += 1;
    const happening = { at: now + Math.max(0, Math.ceil(ms)), tie: tie(), number: count, fire };
    push(heap, happening);
    return () => {
      happening.fire = NOTHING;
    };
  };
  const clock: StillClock = {
    now: () => now,
    sleep: (ms) => new Promise((resolve) => void after(ms, resolve)),
    timer: after,
    async during(work) {
      outside = work;
      return work;
    },
  };
  return {
    now: () => now,
    after,
    clock,
    async run(isOver, most) {
      for (let happened = 0; ; happened += 1) {
        // Everything that can go on without time passing goes first.
        await new Promise(setImmediate);
        while (outside) {
          const work = outside;
          await work.catch(() => {});
          if (outside === work) outside = undefined;
          await new Promise(setImmediate);
        }
        if (isOver() || happened === most) return happened;
        const next = pop(heap);
        if (!next) return happened;
        now = next.at;
        next.fire();
      }
    },
  };
}

function isBefore(a: Happening, b: Happening): boolean {
  if (a.at !== b.at) return a.at < b.at;
  return a.tie === b.tie ? a.number < b.number : a.tie < b.tie;
}

function push(heap: Happening[], happening: Happening): void {
  let at = heap.length;
  heap.push(happening);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above] as Happening;
    if (!isBefore(happening, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = happening;
}

function pop(heap: Happening[]): Happening | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (!first || !last || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const right = left + 1;
    if (left >= heap.length) break;
    const below =
      right < heap.length && isBefore(heap[right] as Happening, heap[left] as Happening) ? right : left;
    if (!isBefore(heap[below] as Happening, last)) break;
    heap[at] = heap[below] as Happening;
    at = below;
  }
  heap[at] = last;
  return first;
}
