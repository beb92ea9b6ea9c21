import type { DamagedRun } from "../core/ports/run-store.ts";
import type { Runner } from "./runner.ts";
import { wakeParent } from "./wake-parent.ts";

/**
 * Ends a run that a claim found damaged, and tells whoever waits for it and the dead-letter queue. False: another one has
 * ended or claimed it meanwhile, and nothing was done. @throws what store or queue threw.
 */
export async function endDamagedRun(
  { store, queue }: Pick<Runner, "store" | "queue">,
  run: DamagedRun,
  now: number,
): Promise<boolean> {
  if (!(await store.failDamaged(run, now))) return false;
  await wakeParent({ store, queue }, run, { status: "failed" });
  const { class: errorClass, message, step } = run.error;
  await queue.deadLetter({ runId: run.runId }, { class: errorClass, message, step });
  return true;
}
