import * as z from "zod";
import { FlowError } from "../core/flow-error.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { parsePath } from "../core/path.ts";
import { type BlockPlace, defineStep } from "../core/step.ts";
import type { StepContext } from "../core/step-context.ts";
import type { PartEnd } from "../core/step-result.ts";
import { interruptionOf, runPart } from "./block-ends.ts";

const schema = z.strictObject({
  branches: z
    .record(
      z.string(),
      z.strictObject({
        result_from: z
          .string()
          .optional()
          .describe("Path of the branch's result on its view; absent: everything its steps wrote"),
      }),
      {
        error: ({ input }) =>
          typeof input === "string" ? "expected a mapping of names to lists of steps" : undefined,
      },
    )
    .describe("Lists of steps by name, each on its own view; or `{ steps, result_from }`"),
  on_branch_error: z
    .enum(["fail", "continue"])
    .default("fail")
    .describe("`continue`: a branch that failed leaves `{ error, error_details }` in its place"),
});

/** Runs several lists of steps at once, and gathers what each of them wrote. */
export const parallel = defineStep({
  type: "parallel",
  summary: "Run several lists of steps at once",
  effect: false,
  repeatable: true,
  defaultOutput: "parallel",
  timeoutSeconds: null,
  schema,
  facts: {
    shape: ({ branches }) =>
      isObject(branches) ? Object.fromEntries(Object.keys(branches).map((name) => [name, "any"])) : "any",
    toleratesFailures: ({ on_branch_error }) => on_branch_error === "continue",
  },
  untemplated: ["branches"],
  nested: [
    { at: ["branches", "*", "steps"], required: true },
    { at: ["branches", "*"], required: false },
  ],
  blocks: ({ branches }) =>
    isObject(branches) ? Object.entries(branches).map(([name, branch]) => placeOf(name, branch)) : [],
  check: ({ branches }) => (isObject(branches) ? branchProblems(branches) : []),
  async run({ branches, on_branch_error }, context) {
    const names = context.blocks;
    const working = names.map((label) =>
      runPart(context, {
        label,
        at: label,
        scope: "isolated",
        resultFrom: branches[label]?.result_from,
        acceptsFailure: on_branch_error === "continue",
      }),
    );
    // What is thrown is no branch's failure; branches under way end before it is handed on.
    const settled = await Promise.allSettled(working);
    const ends = settled.map((one) => {
      if (one.status === "rejected") throw one.reason;
      return one.value;
    });
    const interruption = interruptionOf(ends, "branches", context);
    if (interruption) return interruption;
    const dropped = ends.filter(({ kind }) => kind === "drop").length;
    return {
      kind: "next",
      output: Object.fromEntries(names.map((name, index) => [name, resultOf(name, ends[index], context)])),
      note: `${names.length} branches${dropped > 0 ? `, ${dropped} dropped` : ""}`,
    };
  },
});

/** A branch is a list, or a mapping that holds one under `steps`. */
function placeOf(name: string, branch: Json): BlockPlace {
  const at = ["branches", name];
  return {
    label: name,
    at: isObject(branch) ? [...at, "steps"] : at,
    required: true,
    scope: "isolated",
    ...(isObject(branch) && "result_from" in branch && { resultAt: [...at, "result_from"] }),
  };
}

function branchProblems(branches: JsonObject) {
  if (Object.keys(branches).length === 0)
    return [{ at: ["branches"], message: "there is none: name at least one branch" }];
  return Object.entries(branches).flatMap(([name, branch]) => {
    const path = isObject(branch) ? branch.result_from : undefined;
    const wrongPath = typeof path === "string" ? pathProblem(path) : undefined;
    return [
      ...(/^(?!(?:constructor|prototype)$)[A-Za-z][\w-]*$/.test(name)
        ? []
        : [
            {
              at: ["branches", name],
              message: `"${name}" is no name of a branch: write letters, digits, dashes and underscores, a letter first`,
            },
          ]),
      ...(wrongPath === undefined ? [] : [{ at: ["branches", name, "result_from"], message: wrongPath }]),
    ];
  });
}

function pathProblem(text: string): string | undefined {
  try {
    parsePath(text);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof FlowError) return thrown.message;
    throw thrown;
  }
}

function resultOf(name: string, end: PartEnd | undefined, { warn }: StepContext): Json {
  if (end?.kind !== "result") return null;
  if (end.value === undefined) warn(`result_from of the branch ${name} resolved to nothing`);
  return end.value ?? null;
}
