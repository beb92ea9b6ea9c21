import type { NewRun } from "../core/run.ts";
import type { Runner } from "./runner.ts";

/**
 * Sends a message for the run that waits for this one, which has ended. One that is under way needs none: it looks by
 * itself, at the latest when it has let go. @throws as `RunStore.status` and `Queue.send`
 */
export async function wakeParent(
  { store, queue }: Pick<Runner, "store" | "queue">,
  { parent }: NewRun,
): Promise<void> {
  if (parent?.awaits && (await store.status(parent.runId)) === "waiting")
    await queue.send({ runId: parent.runId });
}
