import * as z from "zod";
import { FlowError } from "../core/flow-error.ts";
import { isObject, type Json } from "../core/json.ts";
import { defineStep } from "../core/step.ts";
import type { StepContext } from "../core/step-context.ts";
import type { StepResult } from "../core/step-result.ts";

const DEFAULT_TIMEOUT_SECONDS = 10;

const schema = z.strictObject({
  code: z
    .string()
    .refine(
      (text) => text.trim() !== "",
      "code without a function gives nothing: write def process(event): …",
    )
    .describe("Python with the standard library; the function takes the state and returns new data"),
  handler: z
    .string()
    .regex(/^[\p{L}_][\p{L}\p{N}_]*$/u, "expected the name of a function")
    .optional()
    .describe("The function; default `process`, or the only one that the code defines"),
  env: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected the name of an environment variable"))
    .default([])
    .describe("Names of secrets that `os.getenv` may read beside the file's plain environment"),
});

/** Calls a Python function with the state, or with the value at `input_from`. */
export const pythonFunction = defineStep({
  type: "python_function",
  summary: "Reshape data with a Python function",
  effect: false,
  repeatable: false,
  defaultOutput: null,
  timeoutSeconds: DEFAULT_TIMEOUT_SECONDS,
  limitsItself: true,
  schema,
  facts: { usesInput: () => true, programs: { code: "python" }, replacesState: true },
  untemplated: ["code", "handler", "env"],
  environmentNames: ["env"],
  dependsOn: (_raw, { input, environment }) => [input, environment([])],
  async run({ code, handler, env }, context) {
    const stage = String(context.workflow.stage);
    const outcome = await context.ports.python.run({
      runId: String(context.run.id),
      code,
      ...(handler !== undefined && { handler }),
      input: context.input,
      env: { ...context.environment(env), HOOKLINE_STAGE: stage, etlr_stage: stage },
      timeoutMs: (context.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000,
      signal: context.signal,
    });
    context.logOutput(outcome.printed);
    if ("error" in outcome) throw outcome.error;
    return resultOf(outcome.value, context);
  },
});

function resultOf(value: Json, { outputTo }: StepContext): StepResult {
  if (outputTo !== null) return { kind: "next", output: value };
  if (value === null) return { kind: "drop", reason: "the Python function returned None" };
  if (isObject(value)) return { kind: "next", output: value, replacesState: true };
  const found = Array.isArray(value)
    ? "a list"
    : typeof value === "object"
      ? "a number"
      : `a ${typeof value}`;
  throw new FlowError(
    "code_error",
    `the Python function returned ${found}, and without output_to its result is the new state: return a mapping (or None to drop the run), or give the step output_to`,
  );
}
