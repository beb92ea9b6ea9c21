import type { Interruption, StepResult } from "../core/step-result.ts";
import { spendWait } from "./spend-wait.ts";
import type { Place, Walk } from "./walk.ts";

/**
 * Waits until a step that awaits other runs is to look at them again: here when that is soon, else the run is to pause,
 * and their end wakes it. The interruption that keeps the step from going on, if there is one.
 */
export async function awaitRuns(
  walk: Walk,
  place: Place,
  { awaited, lookAt }: Extract<StepResult, { readonly kind: "await_runs" }>,
): Promise<Interruption | undefined> {
  const { childRuns, clock } = walk.execution.ports;
  const leave = await spendWait(walk, place, lookAt, (ms, signal) =>
    "runId" in awaited ? childRuns.untilEnd(awaited.runId, ms, signal) : clock.sleep(ms, signal),
  );
  return leave?.kind === "pause"
    ? { kind: "pause", pause: { reason: "child", awaited: [awaited], lookAt } }
    : leave;
}
