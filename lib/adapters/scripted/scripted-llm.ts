import type { Usage } from "../../core/journal.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ChatRequest, EmbeddingRequest, Llm, ModelRequest } from "../../core/ports/llm.ts";
import { costOf } from "../llm/model-cost.ts";
import { systemClock } from "../system-clock.ts";
import { type Answer, kindOf } from "./answer-schema.ts";
import type { Script } from "./script.ts";
import type { ScriptClock, ScriptedCalls, ScriptedOptions } from "./scripted-http.ts";
import { awaitAnswer } from "./scripted-wait.ts";

/**
 * Answers requests to models from a script: of the answers for the request's model, or for any, each in its order;
 * embeddings are answered by those with `vectors`. A cost that the script leaves out is that of the price table. `calls`
 * hold `{ provider, model, messages or texts, temperature, max_tokens, output_schema, base_url, api_key, … }`.
 * Unscripted requests as with scripted HTTP.
 */
export function scriptedLlm(script: Script, options: ScriptedOptions<Llm> = {}): Llm & ScriptedCalls {
  const { fallback } = options;
  const clock: ScriptClock = options.clock ?? systemClock;
  const calls: JsonObject[] = [];
  const ask = async (request: ModelRequest, call: JsonObject, unwanted: "text" | "vectors") => {
    calls.push(call);
    const asked = script.asked(call);
    const found = script.next({
      model: request.model,
      fits: (answer) => isAnswerTo(request, answer) && answer[unwanted] === undefined,
    });
    if (found) await awaitAnswer(found, request, clock);
    else if (!fallback) throw script.miss(`a request to the model ${request.model}`, asked);
    return found?.answer;
  };
  const usageOf = async ({ usage: given }: Answer, request: ModelRequest): Promise<Usage> => {
    const { model = request.model, cost_usd: cost, ...counts } = { ...NO_TOKENS, ...given };
    const usage = { ...counts, model, cost_usd: cost ?? null };
    if (cost !== undefined) return usage;
    const priced = costOf(usage, request, clock.now());
    return { ...usage, cost_usd: await (clock.during?.(priced) ?? priced) };
  };
  return {
    calls,
    async complete(request) {
      const answer = await ask(request, recordOfChat(request), "vectors");
      if (!answer) return (fallback as Llm).complete(request);
      const { text = "", finish = "stop" } = answer;
      return { text, finish, usage: await usageOf(answer, request) };
    },
    async embed(request) {
      const answer = await ask(request, recordOfEmbedding(request), "text");
      if (!answer) return (fallback as Llm).embed(request);
      return { vectors: answer.vectors ?? [], usage: await usageOf(answer, request) };
    },
  };
}

const NO_TOKENS = { input_tokens: 0, cached_tokens: 0, output_tokens: 0, reasoning_tokens: 0 };

function isAnswerTo({ model }: ModelRequest, answer: Answer): boolean {
  return ["model", "any"].includes(kindOf(answer)) && (answer.model ?? model) === model;
}
function recordOfChat(request: ChatRequest): JsonObject {
  const { messages, temperature, maxTokens, topP, topK, safetySettings, outputSchema } = request;
  return {
    ...recordOfModel(request),
    messages: messages.map(({ role, content }) => ({ role, content })),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    ...(topP !== undefined && { top_p: topP }),
    ...(topK !== undefined && { top_k: topK }),
    ...(safetySettings && { safety_settings: safetySettings }),
    ...(outputSchema && { output_schema: outputSchema }),
  };
}

function recordOfEmbedding(request: EmbeddingRequest): JsonObject {
  const { texts, dimensions, encodingFormat } = request;
  return {
    ...recordOfModel(request),
    texts,
    ...(dimensions !== undefined && { dimensions }),
    encoding_format: encodingFormat,
  };
}

function recordOfModel({ provider, model, baseUrl, apiKey }: ModelRequest): JsonObject {
  return { provider, model, ...(baseUrl !== undefined && { base_url: baseUrl }), api_key: apiKey };
}
