import * as z from "zod";
import { FlowError } from "../core/flow-error.ts";
import type { JsonObject } from "../core/json.ts";
import { beside } from "../core/path.ts";
import { anyJson } from "../core/schema.ts";
import { defineStep } from "../core/step.ts";
import type { StartedRun, StepContext } from "../core/step-context.ts";
import type { StepResult } from "../core/step-result.ts";
import { lookAgainAt } from "./look-again.ts";

const schema = z.strictObject({
  name: z.string().min(1).describe("The workflow, one of the same stage"),
  event: anyJson
    .optional()
    .describe(
      "Its event, any JSON; absent: the value at `input_from`, or the whole state. Secrets in it are blanked",
    ),
  await: z
    .boolean()
    .default(true)
    .describe(
      "`true`: wait for its end and take its output (null when it was dropped), with `{ run_id, status }` under `<output_to>_meta`; its failure is this step's. `false`: go on at once with `{ run_id }`",
    ),
});

/** Starts a run of another workflow. */
export const runWorkflow = defineStep({
  type: "run_workflow",
  summary: "Run another workflow",
  effect: true,
  repeatable: false,
  defaultOutput: "run_workflow",
  timeoutSeconds: null,
  startsRuns: true,
  schema,
  facts: {
    usesInput: (raw) => !("event" in raw),
    shape: (raw) => (raw.await === false ? { run_id: {} } : "any"),
    also: (raw, { outputTo }) =>
      outputTo === null || raw.await === false
        ? {}
        : { [beside(outputTo, "meta")]: { run_id: {}, status: {}, reason: {} } },
  },
  async run({ name, event, await: awaits }, context) {
    const started = await context.startRun({
      workflow: name,
      event: event === undefined ? context.input : event,
      awaits,
    });
    if (!awaits) return { kind: "next", output: { run_id: started.runId }, note: `run ${started.runId}` };
    return endOf(started, name, context);
  },
});

function endOf(started: StartedRun, workflow: string, context: StepContext): StepResult {
  const { runId, outcome } = started;
  switch (outcome.kind) {
    case "succeeded":
      return { ...resultOf(started, { status: outcome.kind }, context), output: outcome.output };
    case "dropped":
      return resultOf(started, { status: outcome.kind, reason: outcome.reason }, context);
    case "failed":
    case "cancelled": {
      const { step, class: errorClass, message } = outcome;
      const where = step === null ? "" : ` at its step ${step}`;
      throw new FlowError(
        // A run that somebody cancelled does not cancel the one that waits for it.
        outcome.kind === "cancelled" ? "refused" : errorClass,
        `run ${runId} of ${workflow} ${outcome.kind === "failed" ? `failed${where}` : "was cancelled"}: ${message}`,
        { final: true, details: { run_id: runId, workflow, step, class: errorClass } },
      );
    }
    case "missing":
    case "under_way":
      return { kind: "await_runs", awaited: { runId }, lookAt: nextLook(started, workflow, context) };
  }
}

function resultOf(
  { runId }: StartedRun,
  meta: JsonObject,
  { outputTo }: StepContext,
): Extract<StepResult, { kind: "next" }> {
  const reason = "reason" in meta ? `: ${meta.reason}` : "";
  return {
    kind: "next",
    output: null,
    ...(outputTo !== null && { also: { [beside(outputTo, "meta")]: { run_id: runId, ...meta } } }),
    note: `run ${runId} ${meta.status}${reason}`,
  };
}

function nextLook({ runId, startedAt }: StartedRun, workflow: string, context: StepContext): number {
  const { ports, timeoutSeconds } = context;
  const now = ports.clock.now();
  const waited = now - startedAt;
  const isOver = timeoutSeconds !== null && waited >= timeoutSeconds * 1000;
  if (isOver) {
    throw new FlowError(
      "timeout",
      `run ${runId} of ${workflow} did not end within ${timeoutSeconds} seconds; it goes on`,
      { final: true, details: { run_id: runId, workflow } },
    );
  }
  const lookAt = lookAgainAt(startedAt, now);
  return timeoutSeconds === null ? lookAt : Math.min(lookAt, startedAt + timeoutSeconds * 1000);
}
