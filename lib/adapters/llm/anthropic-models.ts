import * as z from "zod";
import { FlowError } from "../../core/flow-error.ts";
import type { ChatAnswer, ChatMessage, ChatRequest, Llm } from "../../core/ports/llm.ts";
import { askForOutput, fitsFormat } from "./output-format.ts";
import {
  callProvider,
  commonHeaders,
  type Line,
  NO_CLIENT_TIMEOUT_MS,
  type ProviderApi,
} from "./provider-call.ts";

const MESSAGES: ProviderApi = {
  answer: "message",
  speaks: "Anthropic's Messages",
  url: "https://api.anthropic.com",
};
/** Anthropic's guide, "Structured outputs". */
const STRUCTURED = { objects: "closed", keywords: ["allOf", "const", "default"] } as const;
/** The API requires a limit; a caller that has none gets this one (language.md, anthropic_chat). */
const MAX_TOKENS = 1024;

const count = z.number().nullish();
const message = z.object({
  model: z.string().nullish(),
  content: z.array(z.object({ type: z.string(), text: z.string().optional() })),
  stop_reason: z.string().nullish(),
  stop_details: z.object({ explanation: z.string().nullish() }).nullish(),
  usage: z
    .object({
      input_tokens: count,
      cache_creation_input_tokens: count,
      cache_read_input_tokens: count,
      output_tokens: count,
      output_tokens_details: z.object({ thinking_tokens: count }).nullish(),
    })
    .nullish(),
});

const FINISHES: { readonly [reason: string]: ChatAnswer["finish"] } = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  refusal: "refusal",
};

/** Messages of Anthropic by the official client, which is loaded with the first call. Costs are left open. */
export function createAnthropicModels(line: Line): Llm {
  return {
    complete: (request) =>
      askForOutput(
        request,
        (schema) => fitsFormat(schema, STRUCTURED),
        (asked, schema) =>
          callProvider(line, MESSAGES, asked, async (fetch, baseURL) => {
            const { Anthropic } = await import("@anthropic-ai/sdk");
            const client = new Anthropic({
              apiKey: asked.apiKey,
              authToken: null,
              baseURL,
              logLevel: "off",
              maxRetries: 0,
              openTelemetry: false,
              timeout: NO_CLIENT_TIMEOUT_MS,
              fetch,
            });
            const { model, messages, temperature, maxTokens = MAX_TOKENS } = asked;
            const system = contentsOf(messages, "system").join("\n\n");
            const answer = await client.messages.create(
              {
                model,
                max_tokens: maxTokens,
                messages: messages.flatMap(({ role, content }) =>
                  role === "system" ? [] : [{ role, content }],
                ),
                ...(system !== "" && { system }),
                ...(temperature !== undefined && { temperature }),
                ...(schema && { output_config: { format: { type: "json_schema", schema } } }),
              },
              { headers: commonHeaders(asked) },
            );
            return chatAnswer(message.parse(answer), asked);
          }),
      ),
    embed: () =>
      Promise.reject(new FlowError("invalid_input", "Anthropic has no embeddings: use openai_embeddings")),
  };
}

function contentsOf(messages: readonly ChatMessage[], wanted: ChatMessage["role"]): string[] {
  return messages.filter(({ role }) => role === wanted).map(({ content }) => content);
}

function chatAnswer(
  { model, content, stop_reason: reason, stop_details: details, usage }: z.infer<typeof message>,
  request: ChatRequest,
): ChatAnswer {
  const text = content.map((block) => (block.type === "text" ? (block.text ?? "") : "")).join("");
  const cached = usage?.cache_read_input_tokens ?? 0;
  return {
    text: text || (details?.explanation ?? ""),
    finish: FINISHES[reason ?? ""] ?? "other",
    usage: {
      model: model || request.model,
      // The API counts what came from the cache, or went into it, apart.
      input_tokens: (usage?.input_tokens ?? 0) + cached + (usage?.cache_creation_input_tokens ?? 0),
      cached_tokens: cached,
      output_tokens: usage?.output_tokens ?? 0,
      reasoning_tokens: usage?.output_tokens_details?.thinking_tokens ?? 0,
      cost_usd: null,
    },
  };
}
