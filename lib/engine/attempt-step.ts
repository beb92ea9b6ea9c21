import { FlowError, toFlowError } from "../core/flow-error.ts";
import type { Write } from "../core/journal.ts";
import type { StepResult } from "../core/step.ts";
import { backoffMs, mayRetry } from "./backoff.ts";
import type { Execution } from "./execution.ts";
import { stepContext } from "./step-context.ts";
import { stepParams } from "./step-params.ts";
import type { StepRecord } from "./step-record.ts";
import { fitsOnlyElsewhere, withTimeLimit } from "./time-limit.ts";
import type { Attempted, Place, Walk } from "./walk.ts";

/**
 * Tries a step until it succeeds, its retries are used up, or its next wait is too long to be spent here
 * (then the run pauses and the attempts so far are kept). Failures come back as a value.
 */
export async function attemptStep(
  walk: Walk,
  place: Place,
  record: StepRecord,
  hidden: Map<string, Write>,
): Promise<Attempted> {
  const { execution } = walk;
  const { node, path, definition } = place;
  const { journal, ports } = execution;
  const onlyOnce = node.effect === "at_most_once" && definition.effect;
  const before = journal.unsettled(path);
  if (before?.status === "started") {
    const error = unknownOutcome(node.id, "was under way when its process ended");
    return { result: failed(place, error, before.attempts), attempts: before.attempts };
  }
  let attempts = before?.status === "retrying" ? before.attempts : 0;
  const early =
    before?.status === "retrying" && (await untilDue(execution, place, before.dueAt ?? 0, attempts));
  if (early) return { result: early, attempts };
  let refreshed = false;
  for (;;) {
    if (definition.effect) await journal.beforeEffect();
    attempts += 1;
    if (onlyOnce) {
      journal.record(record.entry({ status: "started", attempts }, ports.clock.now()), {
        effect: true,
        repeatable: false,
      });
      await journal.flush();
    }
    const result = await tryOnce(walk, place, record, hidden, attempts);
    // An attempt that was cut short does not count, those before it do.
    if (result.kind === "pause" && attempts > 1 && !onlyOnce)
      journal.record(
        record.entry({ status: "retrying", attempts: attempts - 1 }, ports.clock.now()),
        definition,
      );
    if (result.kind !== "fail" || result.failure.endsRun) return { result, attempts };
    const { error } = result.failure;
    if (error.status === 401 && !refreshed && (await execution.refreshEnvironment())) {
      refreshed = true;
      attempts -= 1;
      continue;
    }
    if (!mayRetry(node.retry, attempts, error)) return { result, attempts };
    const waitMs = backoffMs(node.retry, attempts, ports.random.next(), error.retryAfterMs);
    record.log({
      level: "warn",
      message: `attempt ${attempts} of ${node.id} failed (${error.class}): ${error.message}; next in ${waitMs} ms`,
    });
    const dueAt = ports.clock.now() + waitMs;
    const end = await untilDue(execution, place, dueAt, attempts);
    if (end?.kind === "pause")
      journal.record(
        record.entry({ status: "retrying", attempts, dueAt, failure: result.failure }, ports.clock.now()),
        definition,
      );
    if (end) return { result: end, attempts };
  }
}

/** Waits for the next attempt. Gives the step's end where that is to be made elsewhere, or not at all. */
async function untilDue(
  execution: Execution,
  place: Place,
  dueAt: number,
  attempts: number,
): Promise<StepResult | undefined> {
  const { ports, limits, signal, waits } = execution;
  const waitMs = dueAt - ports.clock.now();
  if (waitMs > limits.longestWaitMs || dueAt >= limits.handOverAt)
    return { kind: "pause", pause: { reason: "wait", dueAt } };
  try {
    if (waitMs > 0) await waits.during(() => ports.clock.sleep(waitMs, signal));
  } catch {
    return failed(place, signal.reason as FlowError, attempts, true);
  }
  return fitsOnlyElsewhere(execution, place) ? { kind: "pause", pause: { reason: "hand_over" } } : undefined;
}

/** One attempt: parameters, time limit, and every throw made a value. */
async function tryOnce(
  walk: Walk,
  place: Place,
  record: StepRecord,
  hidden: Map<string, Write>,
  attempt: number,
): Promise<StepResult> {
  const { execution } = walk;
  const { node, definition, view } = place;
  try {
    const lookup = walk.lookup(view, (message) => record.warn(message));
    const params = stepParams(node, definition, lookup);
    return await withTimeLimit(execution, place, attempt, (signal) =>
      definition.run(params as never, stepContext(walk, place, { record, hidden, attempt, signal })),
    );
  } catch (thrown) {
    if (execution.journal.isFailure(thrown)) throw thrown;
    const error = known(place, toFlowError(thrown));
    if (error.class === "internal" && error.cause !== undefined) reportFault(execution, place.path, error);
    return failed(place, error, attempt, error.class === "cancelled" || execution.signal.aborted);
  }
}

function failed({ path, node }: Place, error: FlowError, attempts: number, endsRun = false): StepResult {
  return { kind: "fail", failure: { path, id: node.id, error, attempts, ...(endsRun && { endsRun }) } };
}

/** Of a call that may be made once and ended without an answer nobody knows whether it took effect. */
function known({ node, definition }: Place, error: FlowError): FlowError {
  const noAnswer = error.class === "timeout" || error.class === "connection";
  if (!noAnswer || node.effect !== "at_most_once" || !definition.effect) return error;
  return unknownOutcome(node.id, `ended without an answer (${error.message})`);
}

function unknownOutcome(id: string, what: string): FlowError {
  return new FlowError(
    "unknown_outcome",
    `${id} ${what}, and its file says at_most_once: whether it took effect is not known`,
  );
}

/** A fault of ours is a failure of the step, and never silent. */
function reportFault({ log, environment }: Execution, step: string, { message, cause }: FlowError): void {
  const { redactor } = environment();
  const stack = cause instanceof Error ? (cause.stack ?? "") : String(cause);
  log
    .with({ step })
    .write({ level: "error", message: redactor.text(message), fields: { stack: redactor.text(stack) } });
}
