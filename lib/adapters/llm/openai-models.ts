import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";
import * as z from "zod";
import type { JsonObject } from "../../core/json.ts";
import type { ChatAnswer, ChatRequest, Llm, ModelRequest } from "../../core/ports/llm.ts";
import type { Fetch } from "../http/fetch-through.ts";
import { askForOutput, fitsFormat } from "./output-format.ts";
import {
  callProvider,
  commonHeaders,
  type Line,
  NO_CLIENT_TIMEOUT_MS,
  type ProviderApi,
} from "./provider-call.ts";

const OPENAI_URL = "https://api.openai.com/v1";
const CHAT: ProviderApi = {
  answer: "chat completion",
  speaks: "OpenAI's Chat Completions",
  url: OPENAI_URL,
};
const EMBEDDINGS: ProviderApi = {
  answer: "list of embeddings",
  speaks: "OpenAI's Embeddings",
  url: OPENAI_URL,
};
/** Of the keywords of strict mode (OpenAI's guide, "Supported schemas"). */
const STRICT = {
  objects: "all_required",
  keywords: [
    "const",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maximum",
    "maxItems",
    "minimum",
    "minItems",
    "multipleOf",
    "pattern",
  ],
} as const;

const count = z.number().nullish();
const chatCompletion = z.object({
  model: z.string().nullish(),
  choices: z.tuple(
    [
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    ],
    z.unknown(),
  ),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: z.object({ cached_tokens: count }).nullish(),
      completion_tokens_details: z.object({ reasoning_tokens: count }).nullish(),
    })
    .nullish(),
});
const embeddingList = z.object({
  model: z.string().nullish(),
  data: z.array(z.object({ index: z.int(), embedding: z.union([z.array(z.number()), z.string()]) })),
  usage: z.object({ prompt_tokens: count }).nullish(),
});

/**
 * Chat Completions and embeddings of OpenAI, and of whoever speaks them under `baseUrl`, by the official client, which
 * is loaded with the first call. Costs are left open.
 */
export function createOpenAiModels(line: Line): Llm {
  return {
    complete: (request) =>
      askForOutput(
        request,
        (schema) => schema.type === "object",
        (asked, schema) =>
          callProvider(line, CHAT, asked, async (fetch, baseUrl) => {
            const client = await clientOf(asked, fetch, baseUrl);
            const answer = await client.chat.completions.create(parametersOf(asked, schema), {
              headers: commonHeaders(asked),
            });
            return chatAnswer(chatCompletion.parse(answer), asked);
          }),
      ),
    embed: (request) =>
      callProvider(line, EMBEDDINGS, request, async (fetch, baseUrl) => {
        const client = await clientOf(request, fetch, baseUrl);
        const { texts, model, dimensions, encodingFormat } = request;
        const answer = await client.embeddings.create(
          {
            model,
            input: [...texts],
            encoding_format: encodingFormat,
            ...(dimensions !== undefined && { dimensions }),
          },
          { headers: commonHeaders(request) },
        );
        const { data, usage, ...told } = embeddingList.parse(answer);
        const vectors = texts.map((_text, at) => data.find(({ index }) => index === at)?.embedding);
        return {
          vectors: vectors.map((vector) => z.union([z.array(z.number()), z.string()]).parse(vector)),
          usage: usageOf(told.model || model, usage?.prompt_tokens),
        };
      }),
  };
}

async function clientOf({ apiKey }: ModelRequest, fetch: Fetch, baseURL: string) {
  const { OpenAI } = await import("openai");
  return new OpenAI({
    apiKey,
    baseURL,
    adminAPIKey: null,
    organization: null,
    project: null,
    logLevel: "off",
    maxRetries: 0,
    timeout: NO_CLIENT_TIMEOUT_MS,
    fetch,
  });
}

function parametersOf(
  { model, messages, temperature, maxTokens }: ChatRequest,
  schema: JsonObject | undefined,
): ChatCompletionCreateParamsNonStreaming {
  const base = {
    model,
    messages: [...messages],
    ...(schema && {
      response_format: {
        type: "json_schema" as const,
        json_schema: { name: "answer", schema, strict: fitsFormat(schema, STRICT) },
      },
    }),
  };
  if (isReasoningModel(model))
    return { ...base, ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }) };
  return {
    ...base,
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
  };
}

/** The o series and gpt-5 and later, also behind a router's or a fine-tuning's prefix: `openai/o3-mini`. */
function isReasoningModel(model: string): boolean {
  return /(?:^|[/:])(?:o\d|gpt-(?:[5-9]|\d\d))(?!.*-chat)/.test(model);
}

function chatAnswer(
  { choices: [choice], model, usage }: z.infer<typeof chatCompletion>,
  request: ChatRequest,
): ChatAnswer {
  const { content, refusal } = choice.message;
  const refused = (refusal ?? "") !== "" || choice.finish_reason === "content_filter";
  return {
    text: content || (refusal ?? ""),
    finish: refused ? "refusal" : finishOf(choice.finish_reason),
    usage: {
      ...usageOf(model || request.model, usage?.prompt_tokens),
      cached_tokens: usage?.prompt_tokens_details?.cached_tokens ?? 0,
      output_tokens: usage?.completion_tokens ?? 0,
      reasoning_tokens: usage?.completion_tokens_details?.reasoning_tokens ?? 0,
    },
  };
}

function usageOf(model: string, inputTokens: number | null | undefined) {
  return {
    model,
    input_tokens: inputTokens ?? 0,
    cached_tokens: 0,
    output_tokens: 0,
    reasoning_tokens: 0,
    cost_usd: null,
  };
}

function finishOf(reason: string | null | undefined): ChatAnswer["finish"] {
  return reason === "stop" || reason === "length" ? reason : "other";
}
