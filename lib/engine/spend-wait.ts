import type { Interruption } from "../core/step-result.ts";
import type { Place, Walk } from "./walk.ts";

/**
 * Lets time pass until `dueAt`, milliseconds since the epoch: here when that is soon, else the run is to pause. The
 * interruption that keeps the step from going on, if there is one. `sleep` may end early.
 */
export async function spendWait(
  walk: Walk,
  place: Place,
  dueAt: number,
  sleep: (ms: number, signal: AbortSignal) => Promise<void> = walk.execution.ports.clock.sleep,
): Promise<Interruption | undefined> {
  const { limits, ports, waits } = walk.execution;
  const ms = dueAt - ports.clock.now();
  if (ms > limits.longestWaitMs || dueAt >= limits.handOverAt)
    return { kind: "pause", pause: { reason: "wait", dueAt } };
  if (ms <= 0) return undefined;
  try {
    await waits.during(() => sleep(ms, walk.ending));
    return undefined;
  } catch (thrown) {
    const end = walk.endOf(place);
    if (!end) throw thrown;
    return end;
  }
}
