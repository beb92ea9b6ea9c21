import { FlowError, toFlowError } from "../core/flow-error.ts";
import { parseMessage, type RunMessage } from "../core/ports/queue.ts";
import { LeaseLost } from "../core/ports/run-store.ts";
import type { RunEnd } from "../engine/execute-run.ts";
import { giveBackSeconds } from "./dispose-of.ts";
import { type Attempt, type Claimed, runAttempt } from "./run-attempt.ts";
import { type Invocation, type Runner, runFields } from "./runner.ts";
import { settleRun } from "./settle-run.ts";
import { LEASE_MARGIN_MS } from "./timings.ts";

/** One message as the runner gets it. */
export interface Delivery {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** Deliveries of this message so far, this one included. */
  readonly receiveCount: number;
}

/** What the queue is told: the message is done with, or it stays and is delivered again. */
export type Verdict = "done" | "again";

/** A run whose last process died: it is executed alone, so that it can only take itself along. */
export type Suspect = () => Promise<Verdict>;

/**
 * Takes one message to its end. A run whose process died is not executed but returned as a suspect, for the caller
 * to run by itself. Nothing is thrown: a fault is logged, and the message stays in the queue.
 */
export async function processDelivery(
  runner: Runner,
  delivery: Delivery,
  invocation: Invocation,
): Promise<Verdict | Suspect> {
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
      leaseUntil: invocation.deadline + LEASE_MARGIN_MS,
    });
    switch (claim.kind) {
      case "claimed": {
        const execute = () =>
          guarded(runner, delivery, () => executeClaimed(runner, claim, delivery, message, invocation));
        if (!claim.afterDeath) return await execute();
        return async () => {
          const alone = await guarded(runner, delivery, async () => {
            // Known to have died alone: it will not be executed, so there is nothing to mark.
            if (!claim.diedAlone) await runner.store.markAlone(claim.lease);
            return "done";
          });
          return alone === "done" ? execute() : alone;
        };
      }
      case "missing":
        await runner.queue.deadLetter(message, {
          class: "internal",
          message: "the store has no such run",
          step: null,
        });
        return "done";
      case "held":
      case "early":
      case "final":
        // Whoever holds it goes on; what should move and does not, the sweeper finds.
        log.write({ level: "debug", message: `message dropped: the run is ${claim.kind}` });
        return "done";
    }
  } catch (thrown) {
    return again(runner, delivery, thrown);
  }
}

async function executeClaimed(
  runner: Runner,
  claimed: Claimed,
  delivery: Delivery,
  message: RunMessage,
  invocation: Invocation,
): Promise<Verdict> {
  const { run } = claimed;
  const log = runner.log.with(runFields(run.runId, run.workflow, run.attempt));
  const deliveries = Math.max(delivery.receiveCount, run.failures + 1);
  const attempt = await attemptOrFailure(runner, claimed, invocation, deliveries);
  const disposal = await settleRun(runner, claimed, attempt, deliveries);
  const { end } = attempt;
  const fields = {
    ms: attempt.spentMs,
    cost_usd: attempt.costUsd,
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
      return "done";
  }
}

/** Secrets that cannot be read fail the attempt like any step would: the run is delivered again. */
async function attemptOrFailure(
  runner: Runner,
  claimed: Claimed,
  invocation: Invocation,
  deliveries: number,
): Promise<Attempt> {
  const lastDelivery = deliveries >= runner.redelivery.maxReceiveCount;
  try {
    return await runAttempt(runner, claimed, invocation, lastDelivery);
  } catch (thrown) {
    if (!(thrown instanceof FlowError)) throw thrown;
    const { run } = claimed;
    const error = { step: null, class: thrown.class, message: thrown.message, details: {} };
    const end: RunEnd = { kind: "failed", error, heals: !lastDelivery, retryAfterMs: 0 };
    const { journal, costUsd, spentMs } = run;
    return { end, tail: [], journal, redact: [], retentionMs: 0, costUsd, spentMs };
  }
}

async function guarded(runner: Runner, delivery: Delivery, work: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await work();
  } catch (thrown) {
    return again(runner, delivery, thrown);
  }
}

async function again(runner: Runner, delivery: Delivery, thrown: unknown): Promise<Verdict> {
  if (thrown instanceof LeaseLost) {
    runner.log.write({ level: "warn", message: `${thrown.message}: another runner has the run` });
    return "done";
  }
  const error = toFlowError(thrown);
  const stack = error.cause instanceof Error ? { stack: error.cause.stack ?? "" } : {};
  runner.log.write({
    level: "error",
    message: `delivery failed: ${error.message}`,
    fields: { class: error.class, message_id: delivery.messageId, ...stack },
  });
  try {
    await runner.queue.giveBack(
      delivery.receiptHandle,
      giveBackSeconds(delivery.receiveCount, runner.redelivery.baseSeconds),
    );
  } catch {
    // The queue's own visibility timeout brings the message back.
  }
  return "again";
}
