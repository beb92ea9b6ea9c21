import { MAX_DELAY_SECONDS } from "../core/ports/queue.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import { isFinal } from "../core/run.ts";
import type { AwaitedRuns, Pause } from "../core/step-result.ts";
import { loopProgress } from "./loop-progress.ts";
import type { Attempt, Claimed } from "./run-attempt.ts";
import type { Runner } from "./runner.ts";
import { EXPIRY_MARGIN_MS } from "./timings.ts";

/**
 * Lets go of a run that pauses, and sees to it that it goes on: by a message, now or delayed, by the end of a run that it
 * waits for, and by the sweeper where those fail or the time is too long for them.
 * @throws LeaseLost, or what store or queue threw.
 */
export async function parkRun(
  { store, queue, ports, timings }: Runner,
  { lease, run }: Claimed,
  pause: Pause,
  { costUsd, spentMs, retentionMs }: Pick<Attempt, "costUsd" | "spentMs" | "retentionMs">,
): Promise<void> {
  const now = ports.clock.now();
  const goesOnAt = pause.reason === "hand_over" ? now : (pause.dueAt ?? Number.POSITIVE_INFINITY);
  const delaySeconds = Math.max(0, Math.ceil((goesOnAt - now) / 1000));
  const isSent = delaySeconds <= MAX_DELAY_SECONDS;
  const lookAt = pause.reason === "child" ? pause.lookAt : Number.POSITIVE_INFINITY;
  const sweepAt =
    pause.reason === "hand_over"
      ? now + timings.lookAfterMs
      : Math.min(isSent ? goesOnAt + timings.wakeMarginMs : goesOnAt, lookAt);
  const keptFor = Math.min(goesOnAt, lookAt);
  await store.release(lease, {
    costUsd,
    spentMs,
    status: pause.reason === "hand_over" ? "queued" : "waiting",
    // Who waits for another run can be woken at any time.
    ...(pause.reason === "wait" && { notBefore: goesOnAt }),
    dueAt: sweepAt,
    failures: run.failures,
    ...(keptFor + EXPIRY_MARGIN_MS > run.expiresAt * 1000 && {
      expiresAt: Math.ceil((keptFor + Math.max(retentionMs, EXPIRY_MARGIN_MS)) / 1000),
    }),
  });
  if (isSent) await queue.send({ runId: run.runId }, delaySeconds);
  // One that ended before the release found this run held, and its message was in vain.
  const awaited = pause.reason === "child" ? pause.awaited : [];
  const ended = await Promise.all(awaited.map((one) => haveEnded(store, run.runId, one)));
  if (ended.includes(true)) await queue.send({ runId: run.runId });
}

async function haveEnded(store: RunStore, parentId: string, awaited: AwaitedRuns): Promise<boolean> {
  if ("runId" in awaited) {
    const status = await store.status(awaited.runId);
    return status !== undefined && isFinal(status);
  }
  const { ended, endsRun } = await loopProgress(store, { runId: parentId, path: awaited.path }, awaited);
  return ended.size === awaited.count || endsRun.size > 0;
}
