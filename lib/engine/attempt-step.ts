import { FlowError, toFlowError } from "../core/flow-error.ts";
import type { Write } from "../core/journal.ts";
import type { StepResult } from "../core/step.ts";
import { backoffMs, mayRetry } from "./backoff.ts";
import type { Execution } from "./execution.ts";
import { stepContext } from "./step-context.ts";
import { stepParams } from "./step-params.ts";
import type { StepRecord } from "./step-record.ts";
import { withTimeLimit } from "./time-limit.ts";
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
  const { journal, ports, limits } = execution;
  const before = journal.unsettled(path);
  if (before?.status === "started")
    return { result: failed(place, unknownOutcome(node.id), before.attempts), attempts: before.attempts };
  let attempts = before?.status === "retrying" ? before.attempts : 0;
  let refreshed = false;
  for (;;) {
    if (definition.effect) await journal.beforeEffect();
    attempts += 1;
    if (node.effect === "at_most_once" && definition.effect) {
      journal.record(record.entry({ status: "started", attempts }, ports.clock.now()), {
        effect: true,
        repeatable: false,
      });
      await journal.flush();
    }
    const result = await tryOnce(walk, place, record, hidden, attempts);
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
    if (waitMs > limits.longestWaitMs || ports.clock.now() + waitMs >= limits.handOverAt) {
      journal.record(
        record.entry({ status: "retrying", attempts, failure: result.failure }, ports.clock.now()),
        definition,
      );
      return {
        result: { kind: "pause", pause: { reason: "wait", dueAt: ports.clock.now() + waitMs } },
        attempts,
      };
    }
    try {
      await ports.clock.sleep(waitMs, execution.signal);
    } catch {
      return { result: failed(place, execution.signal.reason as FlowError, attempts), attempts };
    }
  }
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
    return await withTimeLimit(execution, node, (signal) =>
      definition.run(params as never, stepContext(walk, place, { record, hidden, attempt, signal })),
    );
  } catch (thrown) {
    if (execution.journal.isFailure(thrown)) throw thrown;
    const error = toFlowError(thrown);
    if (error.class === "internal" && error.cause !== undefined) reportFault(execution, place.path, error);
    return failed(place, error, attempt);
  }
}

function failed({ path, node }: Place, error: FlowError, attempts: number): StepResult {
  const endsRun = error.class === "cancelled" ? { endsRun: true as const } : {};
  return { kind: "fail", failure: { path, id: node.id, error, attempts, ...endsRun } };
}

function unknownOutcome(id: string): FlowError {
  return new FlowError(
    "unknown_outcome",
    `${id} was under way when its process ended, and its file says at_most_once: whether it took effect is not known`,
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
