import { FlowError, toFlowError } from "../core/flow-error.ts";
import type { Usage } from "../core/journal.ts";
import type { StepContext } from "../core/step-context.ts";
import type { Shape } from "../core/step-facts.ts";

/** What stands in a step's `<output_to>_usage`. */
export const usageShape: Shape = {
  model: {},
  input_tokens: {},
  cached_tokens: {},
  output_tokens: {},
  reasoning_tokens: {},
  cost_usd: {},
};

/** Tokens and cost of several calls under the last one's model; a cost that is not known makes the sum unknown. */
export function sumOfUsage(usages: readonly Usage[]): Usage {
  return usages.reduce((sum, one) => ({
    model: one.model,
    input_tokens: sum.input_tokens + one.input_tokens,
    cached_tokens: sum.cached_tokens + one.cached_tokens,
    output_tokens: sum.output_tokens + one.output_tokens,
    reasoning_tokens: sum.reasoning_tokens + one.reasoning_tokens,
    cost_usd: sum.cost_usd === null || one.cost_usd === null ? null : sumOf(sum.cost_usd, one.cost_usd),
  }));
}

/** What was thrown, with what was spent before it; itself where nothing was, or where it is a fault of ours. */
export function withSpent(thrown: unknown, usages: readonly Usage[], { signal }: StepContext): unknown {
  const error = toFlowError(thrown);
  if (usages.length === 0 || error.class === "internal" || signal.aborted) return thrown;
  return new FlowError(error.class, error.message, { ...error, cause: error, usage: sumOfUsage(usages) });
}

/** Warns of tokens whose price is not known. */
export function warnOfPrice({ model, input_tokens, output_tokens, cost_usd }: Usage, context: StepContext) {
  if (cost_usd === null && input_tokens + output_tokens > 0)
    context.warn(`the price of ${model} is not known: its cost_usd is null and missing in the run's cost`);
}

/** Binary fractions: beyond twelve digits there is only noise. */
function sumOf(a: number, b: number): number {
  return Number((a + b).toPrecision(12));
}
