import { FlowError, toFlowError } from "../core/flow-error.ts";
import { type JournalEntry, savedBy } from "../core/journal.ts";
import type { JsonObject } from "../core/json.ts";
import { parseMessage, type RunMessage } from "../core/ports/queue.ts";
import { type Claim, LeaseLost } from "../core/ports/run-store.ts";
import type { RunEnd } from "../engine/run-end.ts";
import { countDeadLetter } from "./count-run.ts";
import { deliverySpan } from "./delivery-span.ts";
import { giveBackSeconds } from "./dispose-of.ts";
import { endDamagedRun } from "./end-damaged-run.ts";
import { inSlot } from "./in-slot.ts";
import { logFault } from "./log-fault.ts";
import { parkRun } from "./park-run.ts";
import { readyRun } from "./ready-run.ts";
import { type Claimed, runAttempt } from "./run-attempt.ts";
import { type Invocation, type Runner, runFields } from "./runner.ts";
import { letGo, settleRun } from "./settle-run.ts";
import { DAY_MS } from "./timings.ts";
import { wakeParent } from "./wake-parent.ts";

/** One message as the runner gets it. */
export interface Delivery {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** Deliveries of this message so far, this one included. */
  readonly receiveCount: number;
  /** When the message was enqueued, milliseconds since the epoch; absent: it is not known. */
  readonly sentAt?: number;
}

/**
 * What the queue is told: the message is done with, or it stays and is delivered again. A suspect is a run whose last process
 * died: it was left as it is, to be executed alone, so that it can only take itself along.
 */
export type Verdict = "done" | "again" | "suspect";

/**
 * Takes one message to its end. Nothing is thrown: a fault is logged, and the message stays in the queue.
 */
export async function processDelivery(
  runner: Runner,
  delivery: Delivery,
  invocation: Invocation,
  company: Pick<Claim, "inCompany">,
): Promise<Verdict> {
  const message = parseMessage(delivery.body);
  if (!message) {
    runner.log.write({
      level: "error",
      message: "a message that no code of ours wrote stays in the queue, on its way to the dead-letter queue",
      fields: { message_id: delivery.messageId },
    });
    return "again";
  }
  const log = runner.log.with({ run_id: message.runId });
  try {
    const now = runner.ports.clock.now();
    const claim = await runner.store.claim(message.runId, {
      owner: runner.ports.random.uuid(),
      now,
      leaseUntil: invocation.deadline + runner.timings.leaseMarginMs,
      ...company,
    });
    switch (claim.kind) {
      case "claimed":
        return await guarded(runner, delivery, claim, () =>
          takeUp(runner, claim, delivery, message, invocation),
        );
      case "suspect":
        return "suspect";
      case "missing":
        await runner.queue.deadLetter(message, {
          class: "internal",
          message: "the store has no such run",
          step: null,
        });
        countDeadLetter(runner.metrics);
        return "done";
      case "final":
        // Who ended the run may have died before it could say so; the same word twice does no harm.
        if (delivery.receiveCount > 1) await tellEnd(runner, message);
        return "done";
      case "damaged": {
        const { workflow = "?", error } = claim.run;
        const why = { ms: 0, class: error.class, step: error.step, error: error.message };
        if (await endDamagedRun(runner, claim.run, now))
          log.with({ workflow }).write({ level: "error", message: "run failed", fields: why });
        return "done";
      }
      case "held":
        // The message may be the holder's own: should that die between the run's end and its dead letter, this is who tells.
        if (delivery.receiveCount > 1) return "again";
        log.write({ level: "debug", message: "message dropped: the run is held" });
        return "done";
      case "early":
        // What should move and does not, the sweeper finds.
        log.write({ level: "debug", message: "message dropped: the run is early" });
        return "done";
    }
  } catch (thrown) {
    return again(runner, delivery, thrown);
  }
}

/**
 * Takes the message of a suspect to its end; no other run may be under way in this process. Where no time is left the run goes
 * on elsewhere, under suspicion still: the invocation's end is no death of its own.
 */
export async function processSuspect(
  runner: Runner,
  delivery: Delivery,
  invocation: Invocation,
): Promise<Verdict> {
  if (runner.ports.clock.now() < invocation.deadline - runner.timings.handOverMarginMs)
    return processDelivery(runner, delivery, invocation, {});
  try {
    const message = parseMessage(delivery.body);
    if (message) await runner.queue.send(message);
    return "done";
  } catch (thrown) {
    return again(runner, delivery, thrown);
  }
}

async function takeUp(
  runner: Runner,
  given: Claimed,
  delivery: Delivery,
  message: RunMessage,
  invocation: Invocation,
): Promise<Verdict> {
  const began = given.run.attempt === 1 ? deliverySpan(given.run, delivery.sentAt) : undefined;
  if (began) runner.spans?.record(began);
  const ready = await readyRun(runner, given);
  if (ready.kind === "open") {
    const { costUsd, spentMs } = given.run;
    const pause = { reason: "wait", dueAt: ready.until } as const;
    await parkRun(runner, given, pause, { costUsd, spentMs, retentionMs: DAY_MS });
    return "done";
  }
  const { claimed, unbegun } = ready;
  const work = () => executeClaimed(runner, claimed, delivery, message, invocation, unbegun);
  return unbegun ? work() : inSlot(runner, claimed, invocation, { work, whenFull: "done" });
}

async function executeClaimed(
  runner: Runner,
  claimed: Claimed,
  delivery: Delivery,
  message: RunMessage,
  invocation: Invocation,
  unbegun: RunEnd | undefined,
): Promise<Verdict> {
  const { run } = claimed;
  const log = runner.log.with(runFields(run));
  const deliveries = Math.max(delivery.receiveCount, run.failures + 1);
  const lastDelivery = deliveries >= runner.redelivery.maxReceiveCount;
  const attempt = await runAttempt(runner, claimed, invocation, lastDelivery, unbegun);
  const disposal = await settleRun(runner, claimed, attempt, deliveries);
  const { end } = attempt;
  const fields = {
    ms: attempt.spentMs,
    cost_usd: attempt.costUsd,
    saved_usd: savedBy(attempt.journal),
    ...slowestStep(runner, attempt.journal.slice(run.journal.length)),
    ...("error" in end && { class: end.error.class, step: end.error.step, error: end.error.message }),
    ...("reason" in end && { reason: end.reason }),
  };
  const outcome =
    end.kind === "paused"
      ? `paused (${end.pause.reason})`
      : disposal.kind === "give_back"
        ? "failed, to be tried again"
        : end.kind;
  log.write({ level: end.kind === "failed" ? "error" : "info", message: `run ${outcome}`, fields });
  switch (disposal.kind) {
    case "ack":
      return "done";
    case "give_back":
      await runner.queue.giveBack(delivery.receiptHandle, disposal.seconds);
      return "again";
    case "dead_letter":
      await runner.queue.deadLetter(message, disposal.reason);
      countDeadLetter(runner.metrics, run.workflow);
      return "done";
  }
}

/** Of the steps that ended in this attempt the one that took longest; those that only hold others are left out. */
function slowestStep({ steps }: Runner, entries: readonly JournalEntry[]): JsonObject {
  let slowest: JournalEntry | undefined;
  for (const entry of entries)
    if (!steps.get(entry.type)?.blocks && entry.durationMs > (slowest?.durationMs ?? 0)) slowest = entry;
  if (!slowest) return {};
  return { slowest: { id: slowest.id, type: slowest.type, ms: slowest.durationMs } };
}

async function tellEnd(runner: Runner, message: RunMessage): Promise<void> {
  const run = await runner.store.get(message.runId).catch((thrown: unknown) => toFlowError(thrown));
  if (run instanceof FlowError) {
    // Trouble that heals is another try's; an end that cannot be read will never be told.
    if (!run.final) throw run;
    return runner.queue.deadLetter(message, { class: run.class, message: run.message, step: null });
  }
  if (!run) return;
  const { status, error } = run;
  await wakeParent(runner, run, run);
  if (status === "failed" && error && !run.chunk)
    await runner.queue.deadLetter(message, { class: error.class, message: error.message, step: error.step });
}

/** After a fault the run is let go of, so that the message that comes back finds it free. */
async function guarded(
  runner: Runner,
  delivery: Delivery,
  { lease, run }: Claimed,
  work: () => Promise<Verdict>,
): Promise<Verdict> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof LeaseLost) {
      runner.log.write({ level: "warn", message: `${thrown.message}: another runner has the run` });
      return "done";
    }
    return again(runner, delivery, thrown, (seconds) => letGo(runner, lease, run, seconds));
  }
}

/** Lets the message come back after a while. Where that fails, the lease and the queue's visibility timeout run out. */
async function again(
  runner: Runner,
  delivery: Delivery,
  thrown: unknown,
  free: (seconds: number) => Promise<void> = async () => {},
): Promise<Verdict> {
  logFault(runner.log, "delivery failed", toFlowError(thrown), { message_id: delivery.messageId });
  const seconds = giveBackSeconds(delivery.receiveCount, runner.redelivery.baseSeconds);
  await Promise.allSettled([free(seconds), runner.queue.giveBack(delivery.receiptHandle, seconds)]);
  return "again";
}
