import type { Interruption, StepResult } from "../core/step-result.ts";
import { spendWait } from "./spend-wait.ts";
import type { Place, Walk } from "./walk.ts";

/**
 * Waits until a step that awaits a run is to look at it again: here when that is soon, else the run is to pause, and
 * the end of the other one wakes it. The interruption that keeps the step from going on, if there is one.
 */
export async function awaitRun(
  walk: Walk,
  place: Place,
  { runId, lookAt }: Extract<StepResult, { readonly kind: "await_run" }>,
): Promise<Interruption | undefined> {
  const { childRuns } = walk.execution.ports;
  const leave = await spendWait(walk, place, lookAt, (ms, signal) => childRuns.untilEnd(runId, ms, signal));
  return leave?.kind === "pause"
    ? { kind: "pause", pause: { reason: "child", runIds: [runId], lookAt } }
    : leave;
}
