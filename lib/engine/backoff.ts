import type { FlowError } from "../core/flow-error.ts";
import type { RetryRule } from "../core/workflow.ts";

/** As long as a `wait` may be: what asks for more (or for ever) would keep the run from ever ending. */
const LONGEST_ASKED_MS = 365 * 86_400_000;

/**
 * Milliseconds to wait before retry `n` (from 1): `backoff · 2^(n−1)`, or `backoff` when constant, at most
 * `max_backoff_seconds`, jittered to 50–100 % by `chance` in [0, 1). A `Retry-After` of the other side raises it,
 * to a year at most.
 */
export function backoffMs(rule: RetryRule, retry: number, chance: number, retryAfterMs = 0): number {
  const factor = rule.backoff === "constant" ? 1 : 2 ** (retry - 1);
  const seconds = Math.min(rule.backoffSeconds * factor, rule.maxBackoffSeconds);
  return Math.max(Math.round(seconds * 1000 * (0.5 + chance / 2)), Math.min(retryAfterMs, LONGEST_ASKED_MS));
}

/** Whether an attempt may follow the one that failed. */
export function mayRetry(rule: RetryRule, attemptsMade: number, error: FlowError): boolean {
  return attemptsMade <= rule.retries && rule.retryOn.includes(error.class);
}
