import type { Interruption } from "../core/step.ts";
import type { Place, Walk } from "./walk.ts";

/**
 * Lets time pass until `dueAt`, milliseconds since the epoch: here when that is soon, else the run pauses after `park`
 * has written down what must not be forgotten. The interruption that keeps the step from going on, if there is one.
 */
export async function spendWait(
  walk: Walk,
  place: Place,
  dueAt: number,
  park: () => Promise<void> | void,
): Promise<Interruption | undefined> {
  const { limits, ports, waited } = walk.execution;
  const ms = Math.max(0, dueAt - ports.clock.now());
  if (ms > limits.longestWaitMs || dueAt >= limits.handOverAt) {
    await park();
    return { kind: "pause", pause: { reason: "wait", dueAt } };
  }
  try {
    await waited.sleep(ms, walk.ending);
    return undefined;
  } catch (thrown) {
    const end = walk.endOf(place);
    if (!end) throw thrown;
    return end;
  }
}
