import { blankHistory, blankPaths } from "../core/blank-history.ts";
import type { Lease } from "../core/ports/run-store.ts";
import type { FinalStatus, RunRecord } from "../core/run.ts";
import { cancelChildren } from "./cancel-run.ts";
import type { Disposal } from "./dispose-of.ts";
import { disposeOf } from "./dispose-of.ts";
import { operatorOf } from "./operator.ts";
import { parkRun } from "./park-run.ts";
import type { Attempt, Claimed } from "./run-attempt.ts";
import type { Runner } from "./runner.ts";
import { wakeParent } from "./wake-parent.ts";

/**
 * Writes down how an attempt ended: the final status, which a run that waits for it is told, or a release that says when
 * the run goes on. Returns what becomes of the message. @throws LeaseLost, or what store or queue threw.
 */
export async function settleRun(
  runner: Runner,
  claimed: Claimed,
  attempt: Attempt,
  deliveries: number,
): Promise<Disposal> {
  const { lease, run } = claimed;
  const { end, costUsd, spentMs, tail, redact } = attempt;
  const now = runner.ports.clock.now();
  const kept = { costUsd, spentMs };
  if (end.kind === "paused") {
    await parkRun(runner, claimed, end.pause, attempt);
    return { kind: "ack" };
  }
  const disposal = disposeOf(end, deliveries, runner.redelivery);
  if (end.kind === "failed" && disposal.kind === "give_back") {
    const notBefore = now + disposal.seconds * 1000;
    await runner.store.release(lease, {
      ...kept,
      status: "waiting",
      notBefore,
      dueAt: notBefore + runner.timings.wakeMarginMs,
      error: end.error,
      failures: run.failures + 1,
    });
    return disposal;
  }
  const status: FinalStatus = end.kind;
  await runner.store.finish(lease, {
    ...kept,
    status,
    finishedAt: now,
    tail,
    ...("error" in end && { error: end.error }),
    ...("reason" in end && { reason: end.reason }),
    ...("output" in end && end.output !== undefined && { output: blankPaths(end.output, redact) }),
    ...(redact.length > 0 && { history: blankHistory(run.event, attempt.journal, redact) }),
  });
  await wakeParent(runner, run);
  if (status === "cancelled") await cancelChildren(operatorOf(runner), run.runId, attempt.journal);
  return disposal;
}

/** Gives up a run as it was claimed, for `seconds`: its attempt met a fault that is not its own. @throws as `settleRun` */
export async function letGo(runner: Runner, lease: Lease, run: RunRecord, seconds: number): Promise<void> {
  const notBefore = runner.ports.clock.now() + seconds * 1000;
  await runner.store.release(lease, {
    status: "waiting",
    notBefore,
    dueAt: notBefore + runner.timings.wakeMarginMs,
    costUsd: run.costUsd,
    spentMs: run.spentMs,
    failures: run.failures,
  });
}
