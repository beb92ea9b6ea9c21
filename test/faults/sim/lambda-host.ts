import type { Chance } from "../random/chance.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Fate, SimProcess } from "./sim-process.ts";

/** A function of Lambda: processes that are started when needed, used again, killed at their deadline, and that die. */
export interface LambdaHost<Sandbox> {
  /** Invokes the function; undefined: its process died, or had not ended when its time was over. */
  invoke<T>(ms: number, work: (sandbox: Sandbox, process: SimProcess) => Promise<T>): Promise<T | undefined>;
  /** Invocations that are under way, those that outlived their deadline included. */
  readonly busy: number;
  readonly invocations: number;
}

/** What a function is made of. */
export interface LambdaHostOptions<Sandbox> {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  start(): SimProcess;
  /** What a fresh process builds when it starts. */
  build(process: SimProcess): Sandbox;
  fate(ms: number): Fate;
  injected(kind: string): void;
}

interface Warm<Sandbox> {
  readonly process: SimProcess;
  readonly sandbox: Sandbox;
}

// Of the processes that stand still beyond their deadline, those that nobody kills there.
const SURVIVING = 0.85;

/** Makes a function whose processes share what `build` makes between their invocations. */
export function createLambdaHost<Sandbox>(options: LambdaHostOptions<Sandbox>): LambdaHost<Sandbox> {
  const { scheduler, chance, injected } = options;
  const warm: Warm<Sandbox>[] = [];
  let busy = 0;
  let invocations = 0;

  const take = (): Warm<Sandbox> => {
    const old = chance.often(0.7) ? warm.pop() : undefined;
    if (old?.process.isAlive) return old;
    const process = options.start();
    return { process, sandbox: options.build(process) };
  };
  return {
    get busy() {
      return busy;
    },
    get invocations() {
      return invocations;
    },
    async invoke(ms, work) {
      const own = take();
      const { process, sandbox } = own;
      const fate = options.fate(ms);
      let isOver = false;
      busy += 1;
      invocations += 1;
      const cut = Promise.withResolvers<undefined>();
      const stopTimer = scheduler.after(ms, () => {
        if (process.hasStalled && chance.often(SURVIVING)) {
          injected("process: came back after its deadline");
          cut.resolve(undefined);
        } else {
          injected("process: killed at its deadline");
          process.kill("its time is over");
        }
      });
      const end = () => {
        if (isOver) return;
        isOver = true;
        busy -= 1;
        stopTimer();
      };
      process.onDeath(() => {
        if (!isOver && fate.diesAt !== undefined) injected("process: died");
        end();
        cut.resolve(undefined);
      });
      process.setFate(fate);
      process.setIdle(false);
      const working = work(sandbox, process).finally(() => {
        end();
        process.setIdle(true);
        warm.push(own);
      });
      working.catch(() => {});
      const result = await Promise.race([working, cut.promise]);
      if (process.hasStalled) injected("process: stood still");
      return result;
    },
  };
}
