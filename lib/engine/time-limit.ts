import { FlowError } from "../core/flow-error.ts";
import type { StepResult } from "../core/step-result.ts";
import type { Workflow } from "../core/workflow.ts";
import type { Execution } from "./execution.ts";
import type { Place } from "./walk.ts";

// A step without a limit that others may wait for (a UUID, a chunked text) takes milliseconds.
const UNLIMITED_SECONDS = 60;

type Work = (signal: AbortSignal) => Promise<StepResult> | StepResult;

interface Limit {
  readonly ms: number;
  /** What the step's result is when it is over; absent: a failure. Made when it is needed: an error's stack takes time. */
  readonly result?: () => StepResult;
}

/**
 * Does one attempt's work within its time limit. When the run's own time is over sooner, the run ends; when the
 * invocation's is, the attempt is given up as a hand-over, so that it does not count as failed. A step with steps of its
 * own has ended only when they have, and they look at run and invocation themselves.
 * @throws FlowError `timeout` when the limit is over, or what the work throws.
 */
export async function withTimeLimit(
  execution: Execution,
  place: Place,
  attempt: number,
  work: Work,
): Promise<StepResult> {
  const { ports, signal, journal } = execution;
  const limit = nearestLimit(execution, place, attempt);
  if (limit === undefined) return work(signal);
  const controller = new AbortController();
  const forward = () => controller.abort(signal.reason);
  signal.addEventListener("abort", forward, { once: true });
  let expired: FlowError | undefined;
  const stopTimer = ports.clock.timer(limit.ms, () => {
    expired = new FlowError("timeout", `${place.node.id} took longer than ${limit.ms / 1000} seconds`);
    controller.abort(expired);
  });
  const working = start(work, controller.signal);
  try {
    return await Promise.race([rejectionOf(controller.signal), working]);
  } catch (error) {
    if (place.definition.blocks) {
      await working.catch((thrown: unknown) => {
        if (journal.isFailure(thrown)) throw thrown;
      });
    }
    if (error !== expired || limit.result === undefined) throw error;
    return limit.result();
  } finally {
    stopTimer();
    signal.removeEventListener("abort", forward);
  }
}

/** An effect whose time limit does not fit into the rest of this invocation, but would into a fresh one. */
export function fitsOnlyElsewhere(
  { limits: { handOverAt, freshMs }, ports }: Execution,
  { node, definition }: Pick<Place, "node" | "definition">,
): boolean {
  if (!definition.effect || definition.startsRuns || node.timeoutSeconds === null) return false;
  const left = handOverAt - ports.clock.now();
  return left < node.timeoutSeconds * 1000 && left < freshMs * 0.9;
}

/** Milliseconds that the run may still take, waits not counted. */
export function timeLeft({ runUntil, waits, ports }: Execution): number {
  return runUntil + waits.total() - ports.clock.now();
}

/** Milliseconds that all attempts of a step can take in this invocation, the waits between them included. */
export function longestWorkMs({ limits }: Execution, { node, definition }: Place): number {
  const { params, retry, timeoutSeconds } = node;
  const further = definition.alternatives && params[definition.alternatives.from];
  const attempts = retry.retries + 1 + (Array.isArray(further) ? further.length : 0);
  const waitMs = Math.min(retry.maxBackoffSeconds * 1000, limits.longestWaitMs);
  return attempts * (timeoutSeconds ?? UNLIMITED_SECONDS) * 1000 + retry.retries * waitMs;
}

/** The end of a run whose own time is over. */
export function runTimeout({ timeoutSeconds }: Workflow): FlowError {
  return new FlowError("timeout", `the run took longer than its timeout of ${timeoutSeconds} seconds`);
}

function nearestLimit(
  execution: Execution,
  { node, path, definition }: Place,
  attempts: number,
): Limit | undefined {
  if (node.timeoutSeconds === null || definition.startsRuns) return undefined;
  const own: Limit = { ms: definition.limitsItself ? Number.POSITIVE_INFINITY : node.timeoutSeconds * 1000 };
  if (definition.blocks) return own;
  const { workflow, limits, ports } = execution;
  const ofTheRun: Limit = {
    ms: Math.max(0, timeLeft(execution)),
    result: () => ({
      kind: "fail",
      failure: { path, id: node.id, error: runTimeout(workflow), attempts, endsRun: true },
    }),
  };
  const ofTheInvocation: Limit = {
    ms: limits.handOverAt - ports.clock.now(),
    result: () => ({ kind: "pause", pause: { reason: "hand_over" } }),
  };
  const limit = [ofTheRun, ofTheInvocation].reduce(
    (nearest, one) => (one.ms < nearest.ms ? one : nearest),
    own,
  );
  return limit.ms === Number.POSITIVE_INFINITY ? undefined : limit;
}

async function start(work: Work, signal: AbortSignal): Promise<StepResult> {
  return work(signal);
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
