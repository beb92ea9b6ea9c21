import { MAX_DELAY_SECONDS, type Queue, type RunMessage } from "../core/ports/queue.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import { MANY_RUNS } from "./local-names.ts";

/**
 * Puts every run that is not final back to work: nobody else can hold a lease while no runner is there. Waiting
 * runs keep their time; `died`: those under way are suspects. Returns how many go on at once.
 */
export async function recoverRuns(
  store: RunStore,
  queue: Queue,
  now: number,
  died: boolean,
): Promise<number> {
  const open = await store.due(Number.POSITIVE_INFINITY, MANY_RUNS);
  const atOnce: RunMessage[] = [];
  for (const run of open) {
    const waitSeconds = Math.ceil(((run.notBefore ?? 0) - now) / 1000);
    if (run.status === "running") await store.seize(run.runId, died);
    if (waitSeconds <= 0) atOnce.push({ runId: run.runId });
    // What waits longer than a message can is the sweeper's, as in the cloud.
    else if (waitSeconds <= MAX_DELAY_SECONDS) await queue.send({ runId: run.runId }, waitSeconds);
  }
  await queue.sendAll(atOnce);
  return atOnce.length;
}
