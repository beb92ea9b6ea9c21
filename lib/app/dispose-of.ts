import type { DeadLetterReason } from "../core/ports/queue.ts";
import type { RunEnd } from "../engine/run-end.ts";

/** What becomes of the message whose run's attempt has ended. */
export type Disposal =
  | { readonly kind: "ack" }
  /** Delivered again after a while. */
  | { readonly kind: "give_back"; readonly seconds: number }
  | { readonly kind: "dead_letter"; readonly reason: DeadLetterReason };

/** How often and how fast failed runs are delivered again. */
export interface Redelivery {
  readonly maxReceiveCount: number;
  /** Wait before the second delivery; doubles with each. */
  readonly baseSeconds: number;
}

/** SQS would hide a message for up to 12 hours; beyond 15 minutes waiting helps nobody (execution.md section 3). */
const LONGEST_GIVE_BACK_SECONDS = 900;

/** Decides over a message, given how the run's attempt ended and how many deliveries of it have failed, this one included. */
export function disposeOf(end: RunEnd, failures: number, redelivery: Redelivery): Disposal {
  if (end.kind !== "failed") return { kind: "ack" };
  const { error } = end;
  if (end.heals && failures < redelivery.maxReceiveCount) {
    return {
      kind: "give_back",
      seconds: giveBackSeconds(failures, redelivery.baseSeconds, end.retryAfterMs),
    };
  }
  return { kind: "dead_letter", reason: { class: error.class, message: error.message, step: error.step } };
}

/** `base · 2^(n−1)` seconds after the n-th failure, raised by a `Retry-After`, at most 15 minutes. */
export function giveBackSeconds(failures: number, baseSeconds: number, retryAfterMs = 0): number {
  const grown = baseSeconds * 2 ** (failures - 1);
  return Math.min(Math.max(grown, Math.ceil(retryAfterMs / 1000)), LONGEST_GIVE_BACK_SECONDS);
}
