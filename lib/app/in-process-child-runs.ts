import type { ChildOutcome, ChildRequest, ChildRuns } from "../core/ports/child-runs.ts";
import type { Clock } from "../core/ports/clock.ts";

/** Runs that are executed in this process, beside the one that starts them. */
export interface InProcessChildRuns extends ChildRuns {
  /** Resolves when all have ended. @throws what is no failure of a run. */
  untilAllEnded(): Promise<void>;
}

/** How the process finds and runs a workflow. */
export interface InProcessChildRunsOptions {
  readonly clock: Clock;
  /** @throws FlowError `config_error` when there is no such workflow. */
  check(workflow: string): void;
  run(request: ChildRequest): Promise<ChildOutcome>;
}

interface Child {
  outcome: ChildOutcome;
  readonly ended: Promise<void>;
}

/** Runs each other run at once; whoever waits for one goes on the moment it ends. */
export function createInProcessChildRuns(options: InProcessChildRunsOptions): InProcessChildRuns {
  const { clock, check, run } = options;
  const children = new Map<string, Child>();
  return {
    async check(workflow) {
      check(workflow);
    },
    async start(request) {
      const ended = run(request).then((outcome) => {
        child.outcome = outcome;
      });
      const child: Child = { outcome: { kind: "under_way", queued: false }, ended };
      // Whoever waits for it hears of a fault, and who waits for all does.
      ended.catch(() => {});
      children.set(request.runId, child);
    },
    outcome: async (runId) => children.get(runId)?.outcome ?? { kind: "missing" },
    async untilEnd(runId, ms, signal) {
      const { promise: isOver, resolve, reject } = Promise.withResolvers<void>();
      const abort = () => reject(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      const stopTimer = clock.timer(ms, resolve);
      try {
        signal.throwIfAborted();
        await Promise.race([isOver, children.get(runId)?.ended]);
      } finally {
        stopTimer();
        signal.removeEventListener("abort", abort);
      }
    },
    async untilAllEnded() {
      // Runs start further ones.
      for (let known = 0; known < children.size; ) {
        known = children.size;
        await Promise.all([...children.values()].map(({ ended }) => ended));
      }
    },
  };
}
