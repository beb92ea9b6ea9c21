import * as z from "zod";
import { FlowError } from "../core/flow-error.ts";
import type { ChatMessage } from "../core/ports/llm.ts";
import { beside, defineStep, type StepContext } from "../core/step.ts";
import { textOf } from "../core/template.ts";
import { templatedText, textProblems } from "./text-parameter.ts";

const schema = z.strictObject({
  api_key: z.string().min(1).describe("The provider's key"),
  model: z.string().min(1).describe("The model's name"),
  prompt: templatedText
    .optional()
    .describe("The user message; absent: the value at `input_from`, else the whole state"),
  system: templatedText.optional().describe("The system message"),
  system_key: z.string().optional().describe("Path whose value overrides `system`"),
  temperature: z.number().min(0).max(2).optional().describe("How freely the model chooses, 0 to 2"),
  max_tokens: z.int().min(1).optional().describe("Longest answer, in tokens"),
  base_url: z.string().min(1).optional().describe("Address of another provider with the same API"),
  include_usage: z.boolean().default(true).describe("Write tokens and cost to `<output_to>_usage`"),
});

type Params = z.infer<typeof schema>;

/** Asks a chat model for one answer and writes its text. */
export const openaiCompletion = defineStep({
  type: "openai_completion",
  summary: "Ask a chat model of OpenAI, or of a provider with the same API",
  effect: true,
  repeatable: true,
  defaultOutput: "openai",
  timeoutSeconds: 120,
  schema,
  templates: { api_key: "${env:OPENAI_API_KEY}", model: "${env:OPENAI_MODEL, gpt-4.1-mini}" },
  environment: [
    { name: "OPENAI_API_KEY", secret: true },
    { name: "OPENAI_MODEL", secret: false },
  ],
  paths: ["system_key"],
  check: (raw) => textProblems(raw, ["prompt", "system"]),
  async run(params, context) {
    const { base_url: baseUrl, temperature, max_tokens: maxTokens } = params;
    const { text, finish, usage } = await context.ports.llm.complete({
      apiKey: params.api_key,
      model: params.model,
      messages: messagesOf(params, context),
      idempotencyKey: context.idempotencyKey,
      signal: context.signal,
      ...(context.timeoutSeconds !== null && { timeoutMs: context.timeoutSeconds * 1000 }),
      ...(baseUrl !== undefined && { baseUrl }),
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { maxTokens }),
    });
    if (finish === "refusal") {
      throw new FlowError("refused", `${params.model} refused to answer: ${text.slice(0, 200)}`, {
        body: text,
      });
    }
    if (finish === "length") {
      context.warn(
        `the answer was cut off after ${usage.output_tokens} tokens: raise max_tokens if all of it matters`,
      );
    }
    return {
      kind: "next",
      output: text,
      usage,
      ...(params.include_usage &&
        context.outputTo !== null && { also: { [beside(context.outputTo, "usage")]: { ...usage } } }),
    };
  },
});

function messagesOf(params: Params, context: StepContext): readonly ChatMessage[] {
  const override = params.system_key === undefined ? undefined : context.read(params.system_key);
  const system = override === undefined || override === null ? params.system : textOf(override);
  const user: ChatMessage = { role: "user", content: promptOf(params, context) };
  return system ? [{ role: "system", content: system }, user] : [user];
}

function promptOf({ prompt }: Params, { input, inputFrom }: StepContext): string {
  if (prompt !== undefined) return prompt;
  if (input === null) {
    throw new FlowError(
      "invalid_input",
      `input_from (${inputFrom ?? "the state"}) is null, so there is nothing to ask the model: give a prompt, or skip the step with when`,
    );
  }
  return textOf(input);
}
