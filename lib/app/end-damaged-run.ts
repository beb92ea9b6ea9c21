import type { DamagedRun } from "../core/ports/run-store.ts";
import { countDeadLetter, countEnd } from "./count-run.ts";
import type { Runner } from "./runner.ts";
import { wakeParent } from "./wake-parent.ts";

/**
 * Ends a run that a claim found damaged, and tells whoever waits for it and the dead-letter queue. False: another one has
 * ended or claimed it meanwhile, and nothing was done. @throws what store or queue threw.
 */
export async function endDamagedRun(
  { store, queue, metrics }: Pick<Runner, "store" | "queue" | "metrics">,
  run: DamagedRun,
  now: number,
): Promise<boolean> {
  if (!(await store.failDamaged(run, now))) return false;
  await wakeParent({ store, queue }, run, { status: "failed" });
  countEnd(metrics, run, { status: "failed", spentMs: 0 });
  const { class: errorClass, message, step } = run.error;
  await queue.deadLetter({ runId: run.runId }, { class: errorClass, message, step });
  countDeadLetter(metrics, run.workflow);
  return true;
}
