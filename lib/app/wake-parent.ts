import type { NewRun } from "../core/run.ts";
import type { Runner } from "./runner.ts";

/**
 * Sends a message for the run that waits for this one, which has ended. One that is under way needs none: it looks by
 * itself, at the latest when it has let go. @throws as `RunStore.status` and `Queue.send`
 */
export async function wakeParent(
  { store, queue }: Pick<Runner, "store" | "queue">,
  { parent }: Pick<NewRun, "parent">,
): Promise<void> {
  if (!parent?.awaits) return;
  const status = await store.status(parent.runId);
  // A damaged one is ended by whoever gets its message.
  if (status === "waiting" || status === "damaged") await queue.send({ runId: parent.runId });
}
