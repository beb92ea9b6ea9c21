import { FlowError } from "../core/flow-error.ts";
import type { StepResult } from "../core/step.ts";
import type { StepNode } from "../core/workflow.ts";
import type { Execution } from "./execution.ts";

type Work = (signal: AbortSignal) => Promise<StepResult> | StepResult;

/**
 * Does one attempt's work within its time limit. When the invocation ends sooner than the limit, the attempt is
 * given up as a hand-over, so that it does not count as failed.
 * @throws FlowError `timeout` when the limit is over, or what the work throws.
 */
export async function withTimeLimit(execution: Execution, node: StepNode, work: Work): Promise<StepResult> {
  const { limits, ports, signal } = execution;
  const limitMs = node.timeoutSeconds === null ? Number.POSITIVE_INFINITY : node.timeoutSeconds * 1000;
  if (limitMs === Number.POSITIVE_INFINITY) return work(signal);
  const leftMs = limits.handOverAt - ports.clock.now();
  const controller = new AbortController();
  const forward = () => controller.abort(signal.reason);
  signal.addEventListener("abort", forward, { once: true });
  const stopTimer = ports.clock.timer(Math.min(limitMs, leftMs), () => {
    controller.abort(
      new FlowError("timeout", `${node.id} took longer than ${Math.min(limitMs, leftMs) / 1000} seconds`),
    );
  });
  try {
    return await Promise.race([rejectionOf(controller.signal), work(controller.signal)]);
  } catch (error) {
    if (leftMs < limitMs && error === controller.signal.reason && !signal.aborted) {
      return { kind: "pause", pause: { reason: "hand_over" } };
    }
    throw error;
  } finally {
    stopTimer();
    signal.removeEventListener("abort", forward);
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
