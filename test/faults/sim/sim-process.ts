import type { Clock } from "../../../lib/core/ports/clock.ts";
import type { Random } from "../../../lib/core/ports/random.ts";
import { seededRandom } from "../../../lib/testing/seeded-random.ts";
import type { Chance } from "../random/chance.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";

/** What is to befall a process, counted in what crosses its border: requests that leave and answers that arrive. */
export interface Fate {
  /** Dies at this crossing; absent: lives. */
  readonly diesAt?: number;
  /** Stands still at this crossing. */
  readonly stallsAt?: number;
  readonly stallMs?: number;
}

/** A process of the simulated world: what leaves it and what reaches it pass through here. */
export interface SimProcess {
  readonly name: string;
  /** Its own clock, which may be wrong by some seconds; nobody in a dead process is woken. */
  readonly clock: Clock;
  readonly random: Random;
  readonly isAlive: boolean;
  /** It stood still at least once since its fate was set. */
  readonly hasStalled: boolean;
  /** Every uuid that it drew. */
  readonly drawn: ReadonlySet<string>;
  /** Decides what befalls it from now on, counted anew. */
  setFate(fate: Fate): void;
  /** Lets a frozen process go on, or freezes it between two invocations. */
  setIdle(idle: boolean): void;
  /** It stands still. */
  readonly isFrozen: boolean;
  /** Ends its standing still after `ms`, where that is sooner than it would end by itself. */
  thaw(ms: number): void;
  kill(why: string): void;
  onDeath(listener: () => void): void;
  /**
   * A request that leaves the process: `perform` happens in the world a while later, its answer arrives after another
   * while. Of a process that dies in between, a request on its way may or may not arrive.
   */
  request<T>(what: string, perform: () => T | Promise<T>): Promise<T>;
  /** A request that does not reach anybody, and fails after `ms`. */
  unheard(what: string, ms: number, error: Error): Promise<never>;
}

/** What processes are made of. */
export interface ProcessOptions {
  readonly name: string;
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly trace: Trace;
  /** How far its clock is ahead of the world's. */
  readonly skewMs: number;
  /** Milliseconds that one way of a request takes. */
  latencyMs(): number;
}

const NEVER = new Promise<never>(() => {});

/** Starts a process. */
export function createProcess({
  name,
  scheduler,
  chance,
  trace,
  skewMs,
  latencyMs,
}: ProcessOptions): SimProcess {
  const drawn = new Set<string>();
  const deaths: (() => void)[] = [];
  let fate: Fate = {};
  let crossings = 0;
  let isAlive = true;
  let isIdle = false;
  let hasStalled = false;
  let isFrozen = false;
  let waiting: (() => void)[] = [];

  const kill = (why: string): void => {
    if (!isAlive) return;
    isAlive = false;
    waiting = [];
    trace(name, `dies: ${why}`);
    for (const listener of deaths) listener();
  };
  /** Counts what crosses the border; false: the process does not get beyond it. */
  const cross = (what: string): boolean => {
    if (!isAlive) return false;
    crossings += 1;
    if (crossings === fate.diesAt) kill(`at ${what}`);
    else if (crossings === fate.stallsAt && fate.stallMs !== undefined) {
      hasStalled = true;
      isFrozen = true;
      thaw(fate.stallMs);
      trace(name, `stands still for ${fate.stallMs} ms at ${what}`);
    }
    return isAlive;
  };
  /** Does something in the process as soon as it runs. */
  const within = (work: () => void): void => {
    if (!isAlive) return;
    if (isIdle || isFrozen) waiting.push(work);
    else work();
  };
  const goOn = (): void => {
    if (isIdle || isFrozen) return;
    const due = waiting;
    waiting = [];
    for (const work of due) within(work);
  };
  const thaw = (ms: number): void => {
    scheduler.after(ms, () => {
      isFrozen = false;
      goOn();
    });
  };
  const arrive = (what: string, work: () => void): void =>
    within(() => {
      if (cross(what)) within(work);
    });

  const source = seededRandom(chance.upTo(2 ** 31));
  const draw = (id: string) => {
    drawn.add(id);
    return id;
  };
  return {
    name,
    drawn,
    random: {
      next: source.next,
      uuid: () => draw(source.uuid()),
      timeOrderedUuid: (nowMs) => draw(source.timeOrderedUuid(nowMs)),
    },
    clock: {
      now: () => scheduler.now() + skewMs,
      timer: (ms, expire) => scheduler.after(ms, () => within(expire)),
      sleep(ms, signal) {
        if (signal?.aborted) return Promise.reject(signal.reason);
        return new Promise((resolve, reject) => {
          const cancel = scheduler.after(ms, () =>
            within(() => {
              signal?.removeEventListener("abort", abort);
              resolve();
            }),
          );
          const abort = () => {
            cancel();
            reject(signal?.reason);
          };
          signal?.addEventListener("abort", abort, { once: true });
        });
      },
    },
    get isAlive() {
      return isAlive;
    },
    get hasStalled() {
      return hasStalled;
    },
    setFate(next) {
      fate = next;
      crossings = 0;
      hasStalled = false;
    },
    setIdle(idle) {
      isIdle = idle;
      goOn();
    },
    get isFrozen() {
      return isFrozen;
    },
    thaw,
    kill,
    onDeath: (listener) => void deaths.push(listener),
    request(what, perform) {
      if (!cross(what)) return NEVER;
      return new Promise((resolve, reject) => {
        scheduler.after(latencyMs(), async () => {
          if (!isAlive && chance.often(0.5)) return;
          trace(name, what);
          const [end] = await Promise.allSettled([(async () => perform())()]);
          scheduler.after(latencyMs(), () =>
            arrive(`the answer of ${what}`, () =>
              end.status === "fulfilled" ? resolve(end.value) : reject(end.reason),
            ),
          );
        });
      });
    },
    unheard(what, ms, error) {
      if (!cross(what)) return NEVER;
      return new Promise((_resolve, reject) => {
        scheduler.after(ms, () => arrive(`the failure of ${what}`, () => reject(error)));
      });
    },
  };
}
