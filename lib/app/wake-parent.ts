import type { NewRun } from "../core/run.ts";
import type { Runner } from "./runner.ts";

/** Sends a message for the run that waits for this one, which has ended. Once more does no harm. @throws as `Queue.send` */
export async function wakeParent({ queue }: Runner, { parent }: NewRun): Promise<void> {
  if (parent?.awaits) await queue.send({ runId: parent.runId });
}
