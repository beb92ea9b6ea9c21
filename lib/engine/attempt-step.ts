import { conditionsHold } from "../core/condition.ts";
import { FlowError, toFlowError } from "../core/flow-error.ts";
import type { Write } from "../core/journal.ts";
import type { Json } from "../core/json.ts";
import type { StepContext, StepResult } from "../core/step.ts";
import { renderDeep } from "../core/template.ts";
import { backoffMs, mayRetry } from "./backoff.ts";
import type { Execution } from "./execution.ts";
import type { Interpreter, Place } from "./interpreter.ts";
import { stepParams } from "./step-params.ts";
import type { StepRecord } from "./step-record.ts";
import { withTimeLimit } from "./time-limit.ts";

/** What came of a step after all its attempts. */
export interface Attempted {
  readonly result: StepResult;
  /** Attempts made, those before a parked wait included. */
  readonly attempts: number;
}

/**
 * Tries a step until it succeeds, its retries are used up, or its next wait is too long to be spent here
 * (then the run pauses and the attempts so far are kept). Failures come back as a value.
 */
export async function attemptStep(
  interpreter: Interpreter,
  place: Place,
  record: StepRecord,
  hidden: Map<string, Write>,
): Promise<Attempted> {
  const { execution } = interpreter;
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
    const result = await tryOnce(interpreter, place, record, hidden, attempts);
    if (result.kind !== "fail" || result.failure.endsRun) return { result, attempts };
    const { error } = result.failure;
    if (error.status === 401 && !refreshed && (await execution.refreshEnvironment())) {
      refreshed = true;
      attempts -= 1;
      continue;
    }
    if (!mayRetry(node.retry, attempts, error))
      return {
        result: {
          kind: "fail",
          failure: {
            ...result.failure,
            attempts: result.failure.path === path ? attempts : result.failure.attempts,
          },
        },
        attempts,
      };
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
  interpreter: Interpreter,
  place: Place,
  record: StepRecord,
  hidden: Map<string, Write>,
  attempt: number,
): Promise<StepResult> {
  const { execution } = interpreter;
  const { node, definition, view } = place;
  try {
    const lookup = interpreter.lookup(view, (message) => record.warn(message));
    const params = stepParams(node, definition, lookup);
    return await withTimeLimit(execution, node, (signal) =>
      definition.run(params as never, contextOf(interpreter, place, { record, hidden, attempt, signal })),
    );
  } catch (thrown) {
    if (execution.journal.isFailure(thrown)) throw thrown;
    const error = toFlowError(thrown);
    if (error.class === "internal" && error.cause !== undefined) reportFault(execution, place.path, error);
    return failed(place, error, attempt);
  }
}

function contextOf(
  interpreter: Interpreter,
  place: Place,
  {
    record,
    hidden,
    attempt,
    signal,
  }: { record: StepRecord; hidden: Map<string, Write>; attempt: number; signal: AbortSignal },
): StepContext {
  const { execution, names } = interpreter;
  const { node, path, view } = place;
  const read = (text: string) => interpreter.read(text, view);
  return {
    get input(): Json {
      return node.inputFrom === undefined ? view.state : (read(node.inputFrom) ?? null);
    },
    ...(node.inputFrom !== undefined && { inputFrom: node.inputFrom }),
    outputTo: node.outputTo,
    timeoutSeconds: node.timeoutSeconds,
    idempotencyKey: `${execution.run.id}-${path}`,
    attempt,
    signal,
    ports: execution.ports,
    run: names.run,
    workflow: names.workflow,
    event: execution.event,
    read,
    holds: (conditions, match) => {
      const lookup = interpreter.lookup(view, (message) => record.warn(message));
      return conditionsHold(conditions, { read, render: (value) => renderDeep(value, lookup) }, match);
    },
    log: (line) => execution.log.with({ step: path, id: node.id, attempt }).write(record.log(line)),
    warn: (message) => record.warn(message),
    enteredBlock: () =>
      Object.keys(node.blocks).find((label) => execution.journal.hasBelow(`${path}.${label}`)),
    runBlock: (label, options = {}) => interpreter.runBlock(place, label, options, hidden),
    acceptedFailure: (at) => interpreter.acceptedItem(place, at),
    acceptFailure: (at, failure) => interpreter.acceptItem(place, at, failure),
  };
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
