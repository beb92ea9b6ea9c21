import { setTimeout as sleep } from "node:timers/promises";
import type { Queue } from "../core/ports/queue.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import { recoverRuns } from "./recover-runs.ts";
import type { RunnerOptions } from "./runner-child.ts";
import { startWatchedChild, type WatchedChild } from "./watched-child.ts";

/** What the runner's process works with, and who hears of it. */
export interface RunnerProcessOptions extends Omit<RunnerOptions, "waitSeconds"> {
  readonly store: RunStore;
  readonly queue: Queue;
  /** How long runs under way may go on after a stop. */
  readonly graceMs: number;
  /** Takes whole lines: what the function logs. */
  readonly log: (lines: string) => void;
  /** Hears how it ended, when it did by itself. */
  readonly onDeath: (how: string) => void;
}

const WAIT_SECONDS = 1;

/**
 * Starts the runner in a process of its own: a run that computes, or takes its process down, holds nobody up. When it dies, its runs go on
 * in the next one as suspects, as they would in the cloud when their leases are over.
 * @throws Error when it cannot start, saying why.
 */
export function startRunner(options: RunnerProcessOptions): Promise<WatchedChild<null>> {
  const { store, queue, graceMs, log, onDeath, ...given } = options;
  return startWatchedChild({
    name: "runner",
    script: new URL("./runner-child.ts", import.meta.url),
    options: (): RunnerOptions => ({ ...given, waitSeconds: WAIT_SECONDS }),
    graceMs,
    log,
    async onDeath(how) {
      onDeath(how);
      try {
        // Its last look into the queue would take what is sent before, and nobody would hear of it.
        await sleep(WAIT_SECONDS * 1000);
        await recoverRuns(store, queue, Date.now(), true);
      } catch (error) {
        log(`runs under way go on when their leases are over: ${String(error)}`);
      }
    },
  });
}
