import * as z from "zod";
import { excerpt } from "../core/excerpt.ts";
import { FlowError } from "../core/flow-error.ts";
import { formatJson, isObject, type Json, type JsonObject } from "../core/json.ts";
import { parsePath } from "../core/path.ts";
import { READ_ONLY_NAMES } from "../core/reserved-names.ts";
import { defineStep } from "../core/step.ts";
import type { StepContext } from "../core/step-context.ts";
import type { Shape, StepPlaces } from "../core/step-facts.ts";
import type { PartEnd, StepResult } from "../core/step-result.ts";
import { interruptionOf, isInterruption } from "./block-ends.ts";
import { lookAgainAt } from "./look-again.ts";
import { DEFAULT_CONCURRENCY, workItems } from "./loop-items.ts";
import { combineResults } from "./loop-results.ts";
import { acceptTolerated, tolerance } from "./tolerance.ts";

/** Longer lists of isolated items are distributed unless the file says where they run. */
const LONGEST_INLINE = 1_000;

const schema = z.strictObject({
  var: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable's name is letters, digits and underscores")
    .default("item")
    .describe("Name of the loop variable"),
  item_scope: z
    .enum(["shared", "isolated"])
    .optional()
    .describe(
      "`shared`: one after another on the run's state; `isolated`: at once, each on its own view. Default `shared`, with `mode: distributed` `isolated`",
    ),
  concurrency: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(`Isolated items under way at once, default ${DEFAULT_CONCURRENCY}; distributed: in each chunk`),
  mode: z
    .enum(["inline", "distributed"])
    .optional()
    .describe(
      `\`inline\`: the run goes through the items itself; \`distributed\`: chunks of them are runs of their own, on the queue. Default \`inline\`, and \`distributed\` for more than ${LONGEST_INLINE} isolated items`,
    ),
  chunk_size: z
    .int()
    .min(1)
    .max(10_000)
    .default(50)
    .describe("Items of a chunk; more where there would be over 2000 chunks"),
  on_item_error: z
    .enum(["fail", "continue"])
    .default("fail")
    .describe("`continue`: an item that failed leaves `{ error, error_details }` in its place"),
  tolerate: tolerance
    .optional()
    .describe(
      "How many isolated items may fail, and leave `{ error, error_details }`, before the step does: `{ count: 3 }`, or `{ percent: 5 }` of the list",
    ),
  result_from: z
    .string()
    .optional()
    .describe("Path of an item's result in its scope; absent: everything its steps wrote"),
  result_strategy: z
    .enum(["collect", "replace", "extend_array", "merge_objects"])
    .default("collect")
    .describe(
      "A list of results, written over the source, appended to `output_to`, or merged into one object",
    ),
});

type Params = z.infer<typeof schema>;

/** Runs its steps once for each element of a list. */
export const forEach = defineStep({
  type: "for_each",
  summary: "Run steps for each element of a list",
  effect: false,
  repeatable: true,
  defaultOutput: null,
  timeoutSeconds: null,
  inputRequired: true,
  schema,
  paths: ["result_from"],
  nested: [{ at: ["steps"], required: true }],
  facts: {
    toleratesFailures: ({ on_item_error, tolerate }) =>
      on_item_error === "continue" || tolerate !== undefined,
    also: writtenOver,
  },
  blocks: (raw) => [
    {
      label: "steps",
      at: ["steps"],
      required: true,
      scope: scopeOf(raw),
      variable: String(raw.var ?? "item"),
      repeats: true,
      ...(raw.mode === "distributed" && { distributed: true }),
      resultAt: ["result_from"],
    },
  ],
  check: problemsOf,
  async run(params, context) {
    const items = itemsOf(context);
    if (params.result_strategy === "replace") refuseReservedSource(context);
    const distribute = isDistributed(items, params, context) ? context.distribute : undefined;
    const look = await distribute?.(items ?? [], params.chunk_size);
    if (look?.kind === "under_way") {
      const { awaited, startedAt } = look;
      return { kind: "await_runs", awaited, lookAt: lookAgainAt(startedAt, context.ports.clock.now()) };
    }
    if (look && look.kind !== "ended") return look;
    const scope = scopeOf(params);
    const tried =
      look?.ends ?? (await workItems({ items: items ?? [], from: 0 }, { ...params, scope }, context));
    const ends = acceptTolerated(tried, params.tolerate, context);
    const interruption =
      scope === "shared" ? ends.find(isInterruption) : interruptionOf(ends, "items", context);
    if (interruption) return interruption;
    return resultOf(ends, items === null, params, context);
  },
  runPart: (params, context, part) => workItems(part, { ...params, scope: "isolated" }, context),
});

function scopeOf({
  mode,
  item_scope,
}: {
  readonly mode?: Json | undefined;
  readonly item_scope?: Json | undefined;
}): "shared" | "isolated" {
  return item_scope === "isolated" || (mode === "distributed" && item_scope === undefined)
    ? "isolated"
    : "shared";
}

function problemsOf(raw: JsonObject) {
  const { item_scope, mode, concurrency, tolerate, on_item_error } = raw;
  const isShared = scopeOf(raw) === "shared";
  const problem = (at: string, message: string) => ({ at: [at], message });
  return [
    ...(mode === "distributed" && item_scope === "shared"
      ? [
          problem(
            "item_scope",
            "items that run in other runs cannot share the state: leave it out, or write isolated",
          ),
        ]
      : isShared && typeof concurrency === "number" && concurrency > 1
        ? [
            problem(
              "concurrency",
              `items that share the state run one after another: write item_scope: isolated to run ${concurrency} at once`,
            ),
          ]
        : []),
    ...("chunk_size" in raw && mode === "inline"
      ? [
          problem(
            "chunk_size",
            "only distributed loops have chunks: leave it out, or write mode: distributed",
          ),
        ]
      : []),
    ...("tolerate" in raw && isShared && mode !== "distributed"
      ? [
          problem(
            "tolerate",
            "items that share the state stop at the first that fails: write item_scope: isolated",
          ),
        ]
      : []),
    ...("tolerate" in raw && on_item_error === "continue"
      ? [problem("tolerate", "on_item_error: continue accepts every failure: keep one of the two")]
      : []),
    ...(isObject(tolerate) && "count" in tolerate === "percent" in tolerate
      ? [problem("tolerate", "write either count or percent")]
      : []),
  ];
}

function isDistributed(
  items: readonly Json[] | null,
  params: Params,
  { isDistributed: already }: StepContext,
): boolean {
  if (already) return true;
  if (items === null || items.length === 0) return false;
  if (params.mode !== undefined) return params.mode === "distributed";
  return scopeOf(params) === "isolated" && items.length > LONGEST_INLINE;
}

/** The source itself, with `result_strategy: replace`. */
function writtenOver(
  { result_strategy }: JsonObject,
  { inputFrom }: StepPlaces,
): { readonly [path: string]: Shape } {
  return result_strategy === "replace" && inputFrom !== undefined ? { [inputFrom]: "any" } : {};
}

function itemsOf({ input, inputFrom = "input_from", warn }: StepContext): readonly Json[] | null {
  if (Array.isArray(input)) return input;
  if (input !== null) {
    throw new FlowError(
      "invalid_input",
      `${inputFrom} is ${excerpt(formatJson(input), 100)}, but for_each needs a list`,
    );
  }
  warn(`${inputFrom} is missing or null: there is nothing to go through`);
  return null;
}

function refuseReservedSource({ inputFrom }: StepContext): void {
  const [head] = inputFrom === undefined ? [] : parsePath(inputFrom);
  if (inputFrom === undefined || (head !== undefined && READ_ONLY_NAMES.includes(head))) {
    throw new FlowError(
      "config_error",
      `result_strategy: replace writes over input_from, but ${inputFrom ?? "it"} cannot be written: name a key of the state`,
    );
  }
}

function resultOf(
  ends: readonly PartEnd[],
  hadNoList: boolean,
  params: Params,
  context: StepContext,
): StepResult {
  const results = ends.flatMap((end) => (end.kind === "result" ? [end] : []));
  const missing = results.filter(({ value }) => value === undefined).length;
  if (missing > 0) {
    context.warn(
      `result_from ${params.result_from} resolved to nothing for ${missing} of ${ends.length} items`,
    );
  }
  const values = results.map(({ value }) => value ?? null);
  const before = context.outputTo === null ? undefined : context.read(context.outputTo);
  const output = combineResults(values, params.result_strategy, before, context.warn);
  const dropped = ends.length - results.length;
  return {
    kind: "next",
    output,
    ...(params.result_strategy === "replace" &&
      !hadNoList &&
      context.inputFrom !== undefined && { also: { [context.inputFrom]: output } }),
    note: `${ends.length} items${dropped > 0 ? `, ${dropped} dropped` : ""}`,
  };
}
