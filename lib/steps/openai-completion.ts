import * as z from "zod";
import { defineStep } from "../core/step.ts";
import { askModel, chatFacts, chatParameters, chatTraits } from "./chat.ts";

const schema = chatParameters.extend({
  temperature: z.number().min(0).max(2).optional().describe("How freely the model chooses, 0 to 2"),
  max_tokens: z.int().min(1).optional().describe("Longest answer, in tokens"),
});

/** Asks a chat model for one answer and writes its text, or the value that fits `output_schema`. */
export const openaiCompletion = defineStep({
  ...chatTraits,
  type: "openai_completion",
  summary: "Ask a chat model of OpenAI, or of a provider with the same API",
  defaultOutput: "openai",
  schema,
  facts: chatFacts("openai"),
  templates: { api_key: "${env:OPENAI_API_KEY}", model: "${env:OPENAI_MODEL, gpt-4.1-mini}" },
  environment: [
    { name: "OPENAI_API_KEY", secret: true },
    { name: "OPENAI_MODEL", secret: false },
  ],
  run({ temperature, max_tokens: maxTokens, ...params }, context) {
    const tuning = {
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { maxTokens }),
    };
    return askModel({ provider: "openai", limit: "max_tokens", tuning }, params, context);
  },
});
