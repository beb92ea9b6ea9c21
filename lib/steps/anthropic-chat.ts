import * as z from "zod";
import { defineStep } from "../core/step.ts";
import { askModel, chatFacts, chatParameters, chatTraits } from "./chat.ts";

const schema = chatParameters.extend({
  max_tokens: z.int().min(1).default(1024).describe("Longest answer, in tokens"),
  temperature: z.number().min(0).max(1).optional().describe("How freely the model chooses, 0 to 1"),
});

/** Asks a model of Anthropic for one answer and writes its text, or the value that fits `output_schema`. */
export const anthropicChat = defineStep({
  ...chatTraits,
  type: "anthropic_chat",
  summary: "Ask a model of Anthropic",
  defaultOutput: "anthropic",
  schema,
  facts: chatFacts("anthropic"),
  templates: { api_key: "${env:ANTHROPIC_API_KEY}" },
  environment: [{ name: "ANTHROPIC_API_KEY", secret: true }],
  run({ temperature, max_tokens: maxTokens, ...params }, context) {
    const tuning = { maxTokens, ...(temperature !== undefined && { temperature }) };
    return askModel({ provider: "anthropic", limit: "max_tokens", tuning }, params, context);
  },
});
