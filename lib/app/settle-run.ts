import { blankHistory, blankPaths } from "../core/blank-history.ts";
import type { ItemEnd } from "../core/chunk.ts";
import { savedBy } from "../core/journal.ts";
import type { Json } from "../core/json.ts";
import type { Lease } from "../core/ports/run-store.ts";
import type { ClaimedRun, FinalStatus } from "../core/run.ts";
import { queueName } from "../core/stage-names.ts";
import type { RunEnd } from "../engine/run-end.ts";
import { cancelChildren } from "./cancel-run.ts";
import { countEnd } from "./count-run.ts";
import type { Disposal } from "./dispose-of.ts";
import { disposeOf } from "./dispose-of.ts";
import { operatorOf } from "./operator.ts";
import { parkRun } from "./park-run.ts";
import type { Attempt, Claimed } from "./run-attempt.ts";
import { runSpan } from "./run-span.ts";
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
  if ("ends" in end && end.ends) await keepChunkResult(runner, claimed, attempt, end.ends);
  const reason = reasonOf(end);
  await runner.store.finish(lease, {
    ...kept,
    status,
    finishedAt: now,
    tail,
    ...("error" in end && { error: end.error }),
    ...(reason !== undefined && { reason }),
    ...("output" in end && end.output !== undefined && { output: blankPaths(end.output, redact) }),
    ...(redact.length > 0 && { history: blankHistory(run, attempt.journal, redact) }),
  });
  countEnd(runner.metrics, run, { status, spentMs });
  const errorClass = status === "failed" && "error" in end ? end.error.class : undefined;
  runner.spans?.record(runSpan(run, queueName(runner.stage), { status, at: now, errorClass }));
  const isBlanked = redact.length > 0 && { blanked: true as const };
  await wakeParent(runner, run, { status, ...(reason !== undefined && { reason }), ...isBlanked });
  if (status === "cancelled") await cancelChildren(operatorOf(runner), run.runId, attempt.journal);
  // The loop knows what it accepts of a chunk's failures: what it does not is its run's own failure.
  return run.chunk ? { kind: "ack" } : disposal;
}

/** Why a run was dropped or stopped before its last step, or a chunk ends the run of its loop. */
function reasonOf(end: RunEnd): string | undefined {
  if ("reason" in end) return end.reason;
  if (!("ends" in end)) return undefined;
  return end.ends?.some((one) => one.kind === "fail" && one.endsRun)
    ? "a step of the file ends the whole run"
    : undefined;
}

/** Keeps a chunk's word for its loop; everything that it rests on is in the journal by now. */
async function keepChunkResult(
  { store }: Runner,
  { lease: { epoch }, run: { parent, chunk, expiresAt } }: Claimed,
  { journal, costUsd }: Attempt,
  ends: readonly ItemEnd[],
): Promise<void> {
  if (!parent || !chunk) return;
  const value = { ends: ends as unknown as Json, costUsd, savedUsd: savedBy(journal) };
  const loop = { runId: parent.runId, path: parent.path };
  await store.loops.keepResult(loop, chunk.number, { value, epoch, expiresAt });
}

/** Gives up a run as it was claimed, for `seconds`: its attempt met a fault that is not its own. @throws as `settleRun` */
export async function letGo(runner: Runner, lease: Lease, run: ClaimedRun, seconds: number): Promise<void> {
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
