import type { Provider } from "../../../core/ports/llm.ts";
import { modelOf } from "../../model-of.ts";
import type { Found, Rule } from "../../rule.ts";
import { child } from "../../yaml-node.ts";
import type { FlowStep } from "../flow/flow-step.ts";

/** So many times the price is told; between neighbours of one family it is about five. */
const RATIO = 4;
/** An answer of so few tokens is a word or a number. */
const SHORT_ANSWER = 50;

/** Short answers from a model that costs several times what another one of the file does. */
export const expensiveModel: Rule = {
  id: "expensive-model",
  severity: "warning",
  area: "cost",
  summary: "Short answers come from the cheaper of the models that the file names",
  why: "A word or a number seldom needs the larger model, which costs several times as much.",
  async *check({ flow, workflow, services: { priceOf } }): AsyncGenerator<Found> {
    if (!priceOf) return;
    const asking = flow.all.flatMap((one) => {
      const provider = one.definition.facts?.asksModelOf;
      const model = modelOf(one.step, workflow);
      return provider && model !== undefined ? [{ one, provider, model }] : [];
    });
    const prices = new Map<string, number>();
    for (const { provider, model } of asking) {
      const price = await priceOf(provider, model);
      if (price !== null && price > 0) prices.set(`${provider} ${model}`, price);
    }
    const known = (provider: Provider, model: string) => prices.get(`${provider} ${model}`);
    for (const { one, provider, model } of asking) {
      const price = known(provider, model);
      if (price === undefined || !isShort(one)) continue;
      const cheapest = asking
        .map((other) => ({ model: other.model, price: known(other.provider, other.model) ?? price }))
        .reduce((best, other) => (other.price < best.price ? other : best));
      if (price < cheapest.price * RATIO) continue;
      yield {
        at: (child(one.node, "model") ?? one.node).at,
        message: `${model} costs ${Math.round(price / cheapest.price)} times as much as ${cheapest.model}, for an answer of at most ${SHORT_ANSWER} tokens`,
        hint: `try ${cheapest.model}, which the file names elsewhere`,
      };
    }
  },
};

function isShort({ step: { params } }: FlowStep): boolean {
  const limit = params.max_tokens ?? params.max_output_tokens;
  return typeof limit === "number" && limit <= SHORT_ANSWER;
}
