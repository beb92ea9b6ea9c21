import * as z from "zod";
import { defineStep } from "../core/step.ts";
import { askModel, chatFacts, chatParameters, chatTraits } from "./chat.ts";

const schema = chatParameters.extend({
  max_output_tokens: z.int().min(1).optional().describe("Longest answer, in tokens"),
  temperature: z.number().min(0).max(2).optional().describe("How freely the model chooses, 0 to 2"),
  top_p: z.number().min(0).max(1).optional().describe("Choose among the likeliest of this probability"),
  top_k: z.int().min(1).optional().describe("Choose among so many of the likeliest"),
  safety_settings: z
    .array(
      z.strictObject({
        category: z.string().min(1).describe("Kind of harm, e.g. `HARM_CATEGORY_HARASSMENT`"),
        threshold: z.string().min(1).describe("From where on it is blocked, e.g. `BLOCK_ONLY_HIGH`"),
      }),
    )
    .optional()
    .describe("What is blocked: HARM_CATEGORY_… and BLOCK_… of Gemini's API"),
});

/** Asks a model of Gemini for one answer and writes its text, or the value that fits `output_schema`. */
export const geminiChat = defineStep({
  ...chatTraits,
  type: "gemini_chat",
  summary: "Ask a model of Google's Gemini",
  defaultOutput: "gemini",
  schema,
  facts: chatFacts("gemini"),
  templates: { api_key: "${env:GEMINI_API_KEY}" },
  environment: [{ name: "GEMINI_API_KEY", secret: true }],
  run({ temperature, max_output_tokens, top_p, top_k, safety_settings, ...params }, context) {
    const tuning = {
      ...(temperature !== undefined && { temperature }),
      ...(max_output_tokens !== undefined && { maxTokens: max_output_tokens }),
      ...(top_p !== undefined && { topP: top_p }),
      ...(top_k !== undefined && { topK: top_k }),
      ...(safety_settings && { safetySettings: safety_settings }),
    };
    return askModel({ provider: "gemini", limit: "max_output_tokens", tuning }, params, context);
  },
});
