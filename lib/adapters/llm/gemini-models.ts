import type { GenerateContentConfig } from "@google/genai";
import * as z from "zod";
import { FlowError } from "../../core/flow-error.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ChatAnswer, ChatRequest, Llm } from "../../core/ports/llm.ts";
import { askForOutput, fitsFormat } from "./output-format.ts";
import { callProvider, commonHeaders, type Line, type ProviderApi } from "./provider-call.ts";

const GENERATE: ProviderApi = {
  answer: "generated content",
  speaks: "Gemini's generateContent",
  url: "https://generativelanguage.googleapis.com",
};
/** The client's documentation of `responseJsonSchema`. */
const RESPONSE_SCHEMA = {
  objects: "any",
  keywords: [
    "$anchor",
    "$id",
    "maximum",
    "maxItems",
    "minimum",
    "minItems",
    "oneOf",
    "prefixItems",
    "propertyOrdering",
  ],
} as const;

const count = z.number().nullish();
const generated = z
  .object({
    modelVersion: z.string().nullish(),
    candidates: z
      .array(
        z.object({
          finishReason: z.string().nullish(),
          finishMessage: z.string().nullish(),
          content: z
            .object({
              parts: z
                .array(z.object({ text: z.string().nullish(), thought: z.boolean().nullish() }))
                .nullish(),
            })
            .nullish(),
        }),
      )
      .nullish(),
    promptFeedback: z
      .object({ blockReason: z.string().nullish(), blockReasonMessage: z.string().nullish() })
      .nullish(),
    usageMetadata: z
      .object({
        promptTokenCount: count,
        cachedContentTokenCount: count,
        candidatesTokenCount: count,
        thoughtsTokenCount: count,
      })
      .nullish(),
  })
  .refine(
    ({ candidates, promptFeedback }) => (candidates?.length ?? 0) > 0 || promptFeedback?.blockReason,
    "neither a candidate nor a reason",
  );

const FINISHES: { readonly [reason: string]: ChatAnswer["finish"] } = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "refusal",
  RECITATION: "refusal",
  BLOCKLIST: "refusal",
  PROHIBITED_CONTENT: "refusal",
  SPII: "refusal",
};

/**
 * generateContent of Gemini by the official client, which is loaded with the first call: its build without Google's
 * login library and sockets. Costs are left open.
 */
export function createGeminiModels(line: Line): Llm {
  return {
    complete: (request) =>
      askForOutput(
        request,
        (schema) => fitsFormat(schema, RESPONSE_SCHEMA),
        (asked, schema) =>
          callProvider(line, GENERATE, asked, async (fetch, baseUrl) => {
            checkModel(asked.model);
            const { GoogleGenAI } = await import("@google/genai/web");
            const client = new GoogleGenAI({
              apiKey: asked.apiKey,
              httpOptions: { baseUrl, fetch, headers: commonHeaders(asked) },
            });
            const answer = await client.models.generateContent({
              model: asked.model,
              contents: asked.messages.flatMap(({ role, content }) =>
                role === "system"
                  ? []
                  : [{ role: role === "assistant" ? "model" : role, parts: [{ text: content }] }],
              ),
              config: configOf(asked, schema),
            });
            return chatAnswer(generated.parse(answer), asked);
          }),
      ),
    embed: () => Promise.reject(new FlowError("invalid_input", "embeddings of Gemini are not spoken here")),
  };
}

/** The model is a part of the path. */
function checkModel(model: string): void {
  if (!/^[\w.-]+(?:\/[\w.-]+)*$/.test(model) || /(?:^|\/)\.{1,2}(?:\/|$)/.test(model))
    throw new FlowError(
      "invalid_input",
      `"${model.slice(0, 200)}" is no name of a model, e.g. gemini-2.5-flash`,
    );
}

function configOf(
  { messages, temperature, maxTokens, topP, topK, safetySettings, outputSchema }: ChatRequest,
  schema: JsonObject | undefined,
): GenerateContentConfig {
  const system = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  return {
    ...(system.length > 0 && { systemInstruction: system.join("\n\n") }),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(safetySettings && { safetySettings: [...safetySettings] }),
    ...(outputSchema && { responseMimeType: "application/json" }),
    ...(schema && { responseJsonSchema: schema }),
  };
}

function chatAnswer(
  { modelVersion, candidates, promptFeedback, usageMetadata: usage }: z.infer<typeof generated>,
  request: ChatRequest,
): ChatAnswer {
  const first = candidates?.[0];
  const parts = first?.content?.parts ?? [];
  const text = parts.map((part) => (part.thought ? "" : (part.text ?? ""))).join("");
  const reason = first
    ? first.finishMessage
    : (promptFeedback?.blockReasonMessage ?? promptFeedback?.blockReason);
  const thoughts = usage?.thoughtsTokenCount ?? 0;
  return {
    text: text || (reason ?? ""),
    finish: first ? (FINISHES[first.finishReason ?? ""] ?? "other") : "refusal",
    usage: {
      model: modelVersion || request.model,
      input_tokens: usage?.promptTokenCount ?? 0,
      cached_tokens: usage?.cachedContentTokenCount ?? 0,
      // Thoughts are billed as output, and counted apart.
      output_tokens: (usage?.candidatesTokenCount ?? 0) + thoughts,
      reasoning_tokens: thoughts,
      cost_usd: null,
    },
  };
}
