import { FlowError, toFlowError } from "../core/flow-error.ts";
import { isFinal } from "../core/run.ts";
import type { Runner } from "./runner.ts";

/** How often a runner asks whether its run has ended elsewhere: shorter attempts cost no request. */
const LOOK_EVERY_MS = 15_000;

/** The signal of one attempt. */
export interface EndWatch {
  /** Aborts, with a FlowError `cancelled`, soon after somebody else has ended the run. */
  readonly signal: AbortSignal;
  stop(): void;
}

/** Watches a run while an attempt of it lasts, so that a long call is not waited for when nobody wants its result. */
export function watchForEnd({ store, ports: { clock }, log }: Runner, runId: string): EndWatch {
  const controller = new AbortController();
  let isOver = false;
  let stopTimer = () => {};
  const lookLater = () => {
    stopTimer = clock.timer(LOOK_EVERY_MS, () => void look());
  };
  const look = async () => {
    try {
      const status = await store.status(runId);
      if (status && isFinal(status))
        controller.abort(new FlowError("cancelled", `the run is ${status} already`));
    } catch (thrown) {
      log.write({
        level: "warn",
        message: `whether the run was cancelled is not known: ${toFlowError(thrown).message}`,
        fields: { run_id: runId },
      });
    }
    if (!isOver && !controller.signal.aborted) lookLater();
  };
  lookLater();
  return {
    signal: controller.signal,
    stop() {
      isOver = true;
      stopTimer();
    },
  };
}
