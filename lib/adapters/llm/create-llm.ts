import type { Usage } from "../../core/journal.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Http } from "../../core/ports/http.ts";
import type { Llm, ModelRequest, Provider } from "../../core/ports/llm.ts";
import type { Line } from "./provider-call.ts";

/** Each with its provider's client, which is large: loaded with the first request. */
const MODELS: { readonly [provider in Provider]: (line: Line) => Promise<Llm> } = {
  openai: async (line) => (await import("./openai-models.ts")).createOpenAiModels(line),
  anthropic: async (line) => (await import("./anthropic-models.ts")).createAnthropicModels(line),
  gemini: async (line) => (await import("./gemini-models.ts")).createGeminiModels(line),
};

/** The models of every provider over one guarded line, with what each call cost. Retries and waits are the caller's. */
export function createLlm(http: Http, clock: Clock): Llm {
  const priced = async <Answer extends { readonly usage: Usage }>(answer: Answer, request: ModelRequest) => {
    const { costOf } = await import("./model-cost.ts");
    return {
      ...answer,
      usage: { ...answer.usage, cost_usd: await costOf(answer.usage, request, clock.now()) },
    };
  };
  const modelsOf = ({ provider }: ModelRequest) => MODELS[provider]({ http, clock });
  return {
    complete: async (request) => priced(await (await modelsOf(request)).complete(request), request),
    embed: async (request) => priced(await (await modelsOf(request)).embed(request), request),
  };
}
