import { FlowError } from "../../lib/core/flow-error.ts";
import type { Clock } from "../../lib/core/ports/clock.ts";

/** What can befall a call: its process dies before or after it, its answer gets lost, or it does not get through. */
export const FAULTS = ["death before", "death after", "answer lost", "outage"] as const;
/** One of {@link FAULTS}. */
export type Fault = (typeof FAULTS)[number];

/** A fault, and the call that it befalls: by number, from 0 over all processes, or every call of a kind. */
export interface Strike {
  readonly at: number | ((call: Call) => boolean);
  readonly fault: Fault;
}

/** A call that left its process. */
export interface Call {
  /** Port and method, e.g. `store.append`. */
  readonly name: string;
  readonly given: readonly unknown[];
}

/** Processes whose calls are counted, kept, and struck as planned. */
export interface Faults {
  readonly calls: readonly Call[];
  /** The same port; faults befall the methods that are named. */
  wrap<Port extends object>(name: string, port: Port, methods: readonly (keyof Port & string)[]): Port;
  /** The same clock, which wakes nobody in a process that has died. */
  wrapClock(clock: Clock): Clock;
  /** Does work as a process of its own. Undefined when it died: nothing answers it from then on. */
  live<T>(work: () => Promise<T>): Promise<T | undefined>;
}

interface Process {
  alive: boolean;
  die(): void;
}

const NEVER = new Promise<never>(() => {});

/** Strikes calls as planned, and keeps them all. */
export function planFaults(strikes: readonly Strike[] = []): Faults {
  const calls: Call[] = [];
  let process = bornWith(() => {});

  const call = async (name: string, given: readonly unknown[], perform: () => unknown): Promise<unknown> => {
    const mine = process;
    if (!mine.alive) return NEVER;
    const number = calls.push({ name, given }) - 1;
    const befalls = ({ at }: Strike) => (typeof at === "number" ? at === number : at({ name, given }));
    const fault = strikes.find(befalls)?.fault;
    if (fault === "death before") mine.die();
    if (!mine.alive) return NEVER;
    if (fault === "outage") throw new FlowError("connection", `${name} did not get through`);
    const [end] = await Promise.allSettled([perform()]);
    if (fault === "death after") mine.die();
    if (!mine.alive) return NEVER;
    if (fault === "answer lost") throw new FlowError("connection", `the answer of ${name} got lost`);
    if (end.status === "rejected") throw end.reason;
    return end.value;
  };

  return {
    calls,
    wrap(name, port, methods) {
      const wrapped = methods.map((method) => {
        const original = port[method] as (...given: unknown[]) => unknown;
        return [
          method,
          (...given: unknown[]) => call(`${name}.${method}`, given, () => original.apply(port, given)),
        ];
      });
      return { ...port, ...Object.fromEntries(wrapped) };
    },
    wrapClock(clock) {
      return {
        now: clock.now,
        async sleep(ms, signal) {
          const mine = process;
          await clock.sleep(ms, signal);
          if (!mine.alive) await NEVER;
        },
        timer(ms, expire) {
          const mine = process;
          return clock.timer(ms, () => mine.alive && expire());
        },
      };
    },
    async live(work) {
      const death = Promise.withResolvers<undefined>();
      const mine = bornWith(() => death.resolve(undefined));
      process = mine;
      const end = await Promise.race([work(), death.promise]);
      // What the dead process still had in hand comes to nothing before the next one begins.
      if (!mine.alive) await new Promise(setImmediate);
      return end;
    },
  };
}

function bornWith(onDeath: () => void): Process {
  const process = {
    alive: true,
    die() {
      process.alive = false;
      onDeath();
    },
  };
  return process;
}

/** Everything in a value as one text, bytes decoded: what is searched for a secret. */
export function textOfAll(value: unknown): string {
  return JSON.stringify(value, (_key, part) =>
    part instanceof Uint8Array ? new TextDecoder().decode(part) : part,
  );
}

/** Work of one process, whose calls wait for their turn where it passes them through the gate. */
type Actor = (gate: Gate) => Promise<unknown>;
/** Lets a call proceed when it is its turn. */
type Gate = <T>(call: () => Promise<T>) => Promise<T>;

/**
 * Runs a scene once for every order in which its actors' calls can follow each other. `stage` makes the scene afresh,
 * `check` looks at it when all have ended. Gives the number of orders; throws beyond `most`.
 */
export async function everyOrder<Scene>(
  stage: () => Promise<{ readonly scene: Scene; readonly actors: readonly Actor[] }>,
  check: (scene: Scene, order: string) => Promise<void>,
  most = 20_000,
): Promise<number> {
  let first: readonly number[] = [];
  for (let orders = 1; orders <= most; orders += 1) {
    const { scene, actors } = await stage();
    const turns = await inTurns(actors, first);
    await check(scene, turns.map(({ taken }) => taken).join(""));
    const last = turns.findLastIndex(({ taken, among }) => taken + 1 < among);
    const changed = turns[last];
    if (!changed) return orders;
    first = [...turns.slice(0, last).map(({ taken }) => taken), changed.taken + 1];
  }
  throw new Error(`more than ${most} orders`);
}

/** Which of the waiting calls was taken, among how many. */
interface Turn {
  readonly taken: number;
  readonly among: number;
}

async function inTurns(actors: readonly Actor[], first: readonly number[]): Promise<readonly Turn[]> {
  const waiting = actors.map((): (() => void)[] => []);
  const left = new Set(actors.keys());
  const playing = actors.map((actor, index) =>
    actor((call) => new Promise<void>((go) => waiting[index]?.push(go)).then(call)).finally(() =>
      left.delete(index),
    ),
  );
  const turns: Turn[] = [];
  while (left.size > 0) {
    // A turn is over when everyone who is left waits at the gate.
    await new Promise(setImmediate);
    const queued = [...left].flatMap((index) => (waiting[index] ?? []).slice(0, 1).map(() => index));
    if (queued.length < left.size) continue;
    const taken = first[turns.length] ?? 0;
    turns.push({ taken, among: queued.length });
    waiting[queued[taken] as number]?.shift()?.();
  }
  await Promise.all(playing);
  return turns;
}
