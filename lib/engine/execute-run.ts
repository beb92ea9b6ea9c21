import { heals, toFlowError } from "../core/flow-error.ts";
import { foldJournal, initialState, type JournalEntry, type RunError } from "../core/journal.ts";
import { onFailurePlace } from "../core/redriven-journal.ts";
import type { StepFailure } from "../core/step-result.ts";
import { renderDeep } from "../core/template.ts";
import { checkValue } from "../core/value-limits.ts";
import { blankedEnd, blankedLog } from "./blanked.ts";
import { EarlyEnd } from "./early-end.ts";
import type { Execution } from "./execution.ts";
import { Interpreter } from "./interpreter.ts";
import { reservedNames } from "./reader.ts";
import type { RunEnd } from "./run-end.ts";
import { runErrorOf } from "./step-record.ts";
import { View } from "./view.ts";
import { workPart } from "./work-part.ts";

/**
 * Executes one attempt of a run, from where its journal ends. `lastDelivery`: no further attempt follows, so a
 * failure is final and `on_failure` runs.
 * @throws what storing the journal threw (a lost lease, a store that cannot be reached); nothing of a step's.
 */
export async function executeRun(execution: Execution, lastDelivery: boolean): Promise<RunEnd> {
  const redactor = () => execution.environment().redactor;
  try {
    const end = await walkRun({ ...execution, log: blankedLog(execution.log, redactor) }, lastDelivery);
    return blankedEnd(end, redactor());
  } finally {
    execution.ports.python.endRun(execution.run.id);
  }
}

async function walkRun(execution: Execution, lastDelivery: boolean): Promise<RunEnd> {
  const { missing } = execution.environment();
  if (execution.part)
    return missing.length > 0
      ? failed(missingEnvironment(missing), false)
      : workPart(execution, execution.part, lastDelivery);
  const failedBefore = execution.journal.settled(onFailurePlace(execution.run.redrives ?? 0))?.error;
  if (failedBefore) return finishFailed(execution, failedBefore);
  if (missing.length > 0) return finishFailed(execution, missingEnvironment(missing));
  const view = View.of(initialState(execution.event));
  const interpreter = new Interpreter(
    execution,
    reservedNames(execution),
    new EarlyEnd(execution.journal, ""),
  );
  const end = await interpreter.runList(execution.workflow.steps, "", view);
  switch (end.kind) {
    case "done":
      return succeed(execution, interpreter, view);
    case "stop": {
      const stopped = await succeed(execution, interpreter, view);
      return stopped.kind === "succeeded" ? { ...stopped, reason: end.reason } : stopped;
    }
    case "drop":
      return { kind: "dropped", reason: end.reason };
    case "pause":
      return { kind: "paused", pause: end.pause };
    case "fail":
      return fail(execution, end.failure, lastDelivery);
  }
}

async function succeed(execution: Execution, interpreter: Interpreter, view: View): Promise<RunEnd> {
  const { output } = execution.workflow;
  if (output === undefined) return { kind: "succeeded" };
  try {
    const rendered = renderDeep(
      output,
      interpreter.lookup(view, (message) =>
        execution.log.write({ level: "warn", message: `output: ${message}` }),
      ),
    );
    checkValue(rendered);
    return { kind: "succeeded", output: rendered };
  } catch (thrown) {
    const error = toFlowError(thrown);
    const message = execution.environment().redactor.text(`output: ${error.message}`);
    return finishFailed(execution, { step: null, class: error.class, message, details: {} });
  }
}

async function fail(execution: Execution, failure: StepFailure, lastDelivery: boolean): Promise<RunEnd> {
  const error = runErrorOf(failure, execution.environment().redactor);
  if (failure.error.class === "cancelled") return { kind: "cancelled", error };
  const canHeal = heals(failure.error.class) && !failure.endsRun && !failure.error.final;
  if (canHeal && !lastDelivery) return failed(error, true, failure.error.retryAfterMs);
  return finishFailed(execution, error);
}

/** Runs `on_failure` once for each redrive. A marker in the journal leads straight back here when the process dies meanwhile. */
async function finishFailed(execution: Execution, error: RunError): Promise<RunEnd> {
  const { workflow, run, journal, event, ports } = execution;
  if (workflow.onFailure.length === 0) return failed(error, false);
  const at = onFailurePlace(run.redrives ?? 0);
  const past = journal.entries.filter(({ path }) => !path.startsWith(`${at}.`));
  const begunBefore = journal.settled(at) !== undefined;
  if (!begunBefore)
    journal.record(marker(at, error, ports.clock.now()), { effect: false, repeatable: false });
  const view = View.of(foldJournal(initialState(event), past));
  const { poison, ...others } = { ...execution, runUntil: Number.POSITIVE_INFINITY };
  // What ended the run just now is not what these steps would die of; what is met on coming back to them is.
  const rest = begunBefore && poison ? { ...others, poison } : others;
  const end = await new Interpreter(
    rest,
    reservedNames(rest, error),
    new EarlyEnd(journal, `${at}.`),
  ).runList(workflow.onFailure, `${at}.`, view);
  if (end.kind === "pause") return { kind: "paused", pause: end.pause };
  // The run keeps the error that it failed with.
  if (end.kind === "fail") {
    const { step, class: errorClass, message } = runErrorOf(end.failure, execution.environment().redactor);
    const why = { step, class: errorClass };
    execution.log.write({ level: "error", message: `on_failure ended early: ${message}`, fields: why });
  }
  return failed(error, false);
}

function marker(path: string, error: RunError, now: number): JournalEntry {
  return {
    path,
    id: "on_failure",
    type: "on_failure",
    status: "ok",
    startedAt: now,
    durationMs: 0,
    attempts: 0,
    patch: [],
    error,
  };
}

function failed(error: RunError, canHeal: boolean, retryAfterMs = 0): RunEnd {
  return { kind: "failed", error, heals: canHeal, retryAfterMs };
}

function missingEnvironment(names: readonly string[]): RunError {
  const list = names.join(", ");
  const message = `the workflow reads ${list}, which ${names.length === 1 ? "has" : "have"} no value in this stage. Set ${names.length === 1 ? "it" : "them"} in .env on a laptop, as secrets of a deployed stage, or declare a default under "environment"`;
  return { step: null, class: "config_error", message, details: { missing: names } };
}
