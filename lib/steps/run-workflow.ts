import * as z from "zod";
import { FlowError } from "../core/flow-error.ts";
import type { JsonObject } from "../core/json.ts";
import { beside } from "../core/path.ts";
import { anyJson } from "../core/schema.ts";
import { defineStep } from "../core/step.ts";
import type { StartedRun, StepContext } from "../core/step-context.ts";
import type { StepResult } from "../core/step-result.ts";

const SHORTEST_LOOK_MS = 25;
/** Until then it looks again by itself: to leave and come back takes three writes and a message. */
const SOON_MS = 1_000;
const MINUTE_MS = 60_000;
const LONGEST_LOOK_MS = 15 * MINUTE_MS;

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
      return { kind: "await_run", runId, lookAt: nextLook(started, workflow, context) };
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

/** Looks again after as long as it has waited already, soon at first and each minute or less often then. */
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
  const pause =
    waited < SOON_MS
      ? Math.max(waited, SHORTEST_LOOK_MS)
      : Math.min(Math.max(waited, MINUTE_MS), LONGEST_LOOK_MS);
  return timeoutSeconds === null ? now + pause : Math.min(now + pause, startedAt + timeoutSeconds * 1000);
}
