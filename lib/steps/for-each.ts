import * as z from "zod";
import { excerpt } from "../core/excerpt.ts";
import { FlowError } from "../core/flow-error.ts";
import { formatJson, type Json, type JsonObject } from "../core/json.ts";
import { parsePath } from "../core/path.ts";
import { READ_ONLY_NAMES } from "../core/reserved-names.ts";
import { defineStep } from "../core/step.ts";
import type { StepContext } from "../core/step-context.ts";
import type { Shape, StepPlaces } from "../core/step-facts.ts";
import type { StepResult } from "../core/step-result.ts";
import { endsRun, interruptionOf, isInterruption, type PartEnd, runPart } from "./block-ends.ts";
import { combineResults } from "./loop-results.ts";

const DEFAULT_CONCURRENCY = 10;

const schema = z.strictObject({
  var: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable's name is letters, digits and underscores")
    .default("item")
    .describe("Name of the loop variable"),
  item_scope: z
    .enum(["shared", "isolated"])
    .default("shared")
    .describe("`shared`: one after another on the run's state; `isolated`: at once, each on its own view"),
  concurrency: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(`Isolated items under way at once, default ${DEFAULT_CONCURRENCY}`),
  on_item_error: z
    .enum(["fail", "continue"])
    .default("fail")
    .describe("`continue`: an item that failed leaves `{ error, error_details }` in its place"),
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
  facts: { toleratesFailures: ({ on_item_error }) => on_item_error === "continue", also: writtenOver },
  blocks: ({ var: variable = "item", item_scope }) => [
    {
      label: "steps",
      at: ["steps"],
      required: true,
      scope: item_scope === "isolated" ? "isolated" : "shared",
      variable: String(variable),
      repeats: true,
      resultAt: ["result_from"],
    },
  ],
  check: ({ item_scope = "shared", concurrency }) =>
    item_scope === "shared" && typeof concurrency === "number" && concurrency > 1
      ? [
          {
            at: ["concurrency"],
            message: `items that share the state run one after another: write item_scope: isolated to run ${concurrency} at once`,
          },
        ]
      : [],
  async run(params, context) {
    const items = itemsOf(context);
    if (params.result_strategy === "replace") refuseReservedSource(context);
    const ends = items === null ? [] : await runItems(items, params, context);
    const shared = params.item_scope === "shared";
    const interruption = shared ? ends.find(isInterruption) : interruptionOf(ends, "items", context);
    if (interruption) return interruption;
    return resultOf(ends, items === null, params, context);
  },
});

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

/** Ends in the order of the list. Shared items stop at the first that does not end well; of isolated ones all are tried. */
async function runItems(items: readonly Json[], params: Params, context: StepContext): Promise<PartEnd[]> {
  const ends: PartEnd[] = [];
  const isolated = params.item_scope === "isolated";
  let next = 0;
  let stopped = false;
  const work = async (): Promise<void> => {
    while (next < items.length && !stopped) {
      context.signal.throwIfAborted();
      const index = next;
      next += 1;
      const end = await runPart(context, {
        label: "steps",
        at: `items.${index}`,
        scope: params.item_scope,
        bind: { [params.var]: items[index] as Json },
        resultFrom: params.result_from,
        acceptsFailure: params.on_item_error === "continue",
      });
      ends[index] = end;
      stopped ||= isolated ? stopsOthers(end) : isInterruption(end);
    }
  };
  const workers = isolated ? Math.min(params.concurrency ?? DEFAULT_CONCURRENCY, items.length) : 1;
  const working = Array.from({ length: workers }, () =>
    work().catch((fault: unknown) => {
      stopped = true;
      throw fault;
    }),
  );
  // What is thrown is no item's failure; items under way end before it is handed on.
  const settled = await Promise.allSettled(working);
  const broken = settled.find((one) => one.status === "rejected");
  if (broken) throw broken.reason;
  return ends;
}

function stopsOthers(end: PartEnd): boolean {
  return endsRun(end) || (end.kind === "pause" && end.pause.reason === "hand_over");
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
