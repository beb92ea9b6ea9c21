import * as z from "zod";
import { excerpt } from "../core/excerpt.ts";
import { FlowError } from "../core/flow-error.ts";
import type { Usage } from "../core/journal.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { beside } from "../core/path.ts";
import type { ChatAnswer, ChatMessage, ChatTuning, Provider } from "../core/ports/llm.ts";
import type { StepContext } from "../core/step-context.ts";
import type { Shape, StepFacts } from "../core/step-facts.ts";
import type { StepResult } from "../core/step-result.ts";
import { textOf } from "../core/template.ts";
import { checkAnswer } from "./check-answer.ts";
import { jsonSchema } from "./json-schema.ts";
import { sumOfUsage, usageShape, warnOfPrice, withSpent } from "./model-usage.ts";
import { templatedText, textProblems } from "./text-parameter.ts";

/** Parameters of every step that asks a chat model. */
export const chatParameters = z.strictObject({
  api_key: z.string().min(1).describe("The provider's key"),
  model: z.string().min(1).describe("The model's name"),
  prompt: templatedText
    .optional()
    .describe("The user message; absent: the value at `input_from`, else the whole state"),
  messages: z
    .array(
      z.strictObject({
        role: z.enum(["system", "user", "assistant"]).describe("Who says it"),
        content: templatedText.describe("What is said"),
      }),
    )
    .min(1)
    .optional()
    .describe("The conversation so far; `prompt`, if given, follows it"),
  system: templatedText.optional().describe("The system message"),
  system_key: z.string().optional().describe("Path whose value overrides `system`"),
  output_schema: jsonSchema.optional().describe("JSON Schema: the answer is parsed and validated"),
  repair: z
    .int()
    .min(0)
    .max(5)
    .default(1)
    .describe("Further attempts, with the problems shown, when the answer does not fit the schema"),
  fallback_models: z
    .array(z.string().min(1))
    .optional()
    .describe("Models that are asked in order, once each, after the retries"),
  base_url: z.string().min(1).optional().describe("Address of another provider with the same API"),
  include_usage: z.boolean().default(true).describe("Write tokens and cost to `<output_to>_usage`"),
});

type ChatParameters = z.infer<typeof chatParameters>;

/** What all chat steps are alike in. */
export const chatTraits = {
  effect: true,
  repeatable: true,
  timeoutSeconds: 120,
  paths: ["system_key"],
  alternatives: { parameter: "model", from: "fallback_models" },
  dependsOn: ({ system_key, prompt, messages }: JsonObject, { read, input }: StepContext) => [
    typeof system_key === "string" ? (read(system_key) ?? null) : null,
    prompt === undefined && messages === undefined ? input : null,
  ],
  check: ({ messages, ...raw }: JsonObject) => [
    ...textProblems(raw, ["prompt", "system"]),
    ...(Array.isArray(messages) ? (messages as readonly Json[]) : []).flatMap((message, index) =>
      (isObject(message) ? textProblems(message, ["content"]) : []).map(({ at, ...problem }) => ({
        at: ["messages", index, ...at],
        ...problem,
      })),
    ),
  ],
} as const;

/** What is known of a chat step that asks this provider. */
export function chatFacts(provider: Provider): StepFacts {
  return {
    asksModelOf: provider,
    onlyAsks: () => true,
    usesInput: (raw) => !("prompt" in raw || "messages" in raw),
    told: ["prompt", "system", "messages"],
    shape: ({ output_schema: schema }) => (schema === undefined ? {} : shapeOf(schema)),
    also: ({ include_usage }, { outputTo }) =>
      outputTo === null || include_usage === false ? {} : { [beside(outputTo, "usage")]: usageShape },
  };
}

/** The keys of a schema that allows no others. */
function shapeOf(schema: Json): Shape {
  if (!isObject(schema) || schema.additionalProperties !== false || !isObject(schema.properties))
    return "any";
  return Object.fromEntries(Object.entries(schema.properties).map(([key, inner]) => [key, shapeOf(inner)]));
}

/** What tells the chat steps apart. `limit`: the parameter that limits the answer's length. */
export interface ChatKind {
  readonly provider: Provider;
  readonly limit: string;
  readonly tuning: ChatTuning;
}

/** Asks a chat model and writes its text, or with `output_schema` the value that it answered. */
export async function askModel(
  kind: ChatKind,
  params: ChatParameters,
  context: StepContext,
): Promise<StepResult> {
  const usages: Usage[] = context.spent ? [context.spent] : [];
  try {
    const output = await converse(kind, params, context, usages);
    const usage = sumOfUsage(usages);
    warnOfPrice(usage, context);
    return {
      kind: "next",
      output,
      usage,
      ...(params.include_usage &&
        context.outputTo !== null && { also: { [beside(context.outputTo, "usage")]: { ...usage } } }),
    };
  } catch (thrown) {
    throw withSpent(thrown, usages, context);
  }
}

/** Asks, and asks again with the problems shown as long as the answer does not fit and repairs are left. */
async function converse(
  kind: ChatKind,
  params: ChatParameters,
  context: StepContext,
  usages: Usage[],
): Promise<Json> {
  const { output_schema: schema } = params;
  let messages = messagesOf(params, context);
  for (let round = 0; ; round += 1) {
    const answer = await ask(kind, params, context, messages, round);
    usages.push(answer.usage);
    checkEnd(answer, kind, params, context);
    if (schema === undefined) return answer.text;
    const { value, problems } = await checkAnswer(schema, answer.text);
    if (problems === undefined) return value;
    if (round >= params.repair) {
      throw new FlowError(
        "invalid_output",
        `the answer of ${params.model} does not fit output_schema${round > 0 ? `, asked ${round + 1} times` : ""}: ${problems.join("; ")}`,
        { body: answer.text, details: { problems } },
      );
    }
    context.warn(`the answer did not fit output_schema, the model was shown why: ${problems.join("; ")}`);
    messages = [...messages, ...repairTurns(answer.text, problems)];
  }
}

function ask(
  { provider, tuning }: ChatKind,
  params: ChatParameters,
  { ports, idempotencyKey, signal, timeoutSeconds }: StepContext,
  messages: readonly ChatMessage[],
  round: number,
): Promise<ChatAnswer> {
  const { base_url: baseUrl, output_schema: outputSchema } = params;
  return ports.llm.complete({
    provider,
    apiKey: params.api_key,
    model: params.model,
    messages,
    ...tuning,
    // Another question needs another key, or its answer could be the first one's.
    idempotencyKey: round === 0 ? idempotencyKey : `${idempotencyKey}-repair-${round}`,
    signal,
    ...(timeoutSeconds !== null && { timeoutMs: timeoutSeconds * 1000 }),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(outputSchema !== undefined && { outputSchema }),
  });
}

/** @throws FlowError `refused`, `truncated` or `invalid_output` for an answer that is not whole. */
function checkEnd(
  { finish, text, usage }: ChatAnswer,
  { limit }: ChatKind,
  { model, output_schema: schema }: ChatParameters,
  { warn }: StepContext,
): void {
  if (finish === "refusal")
    throw new FlowError("refused", `${model} refused to answer: ${excerpt(text, 200)}`, { body: text });
  if (finish === "length") {
    throw new FlowError(
      "truncated",
      `the answer of ${model} was cut off after ${usage.output_tokens} tokens: raise ${limit}, or ask for less`,
      { body: text },
    );
  }
  if (text.trim() !== "") return;
  if (finish === "other")
    throw new FlowError(
      "invalid_output",
      `${model} ended without an answer: no text, and no reason given for it`,
    );
  if (schema === undefined) warn(`the answer of ${model} is empty`);
}

function messagesOf(params: ChatParameters, context: StepContext): readonly ChatMessage[] {
  const override = params.system_key === undefined ? undefined : context.read(params.system_key);
  const system = override === undefined || override === null ? params.system : textOf(override);
  const { messages = [], prompt } = params;
  const asksItself = messages.length > 0 && prompt === undefined;
  return [
    ...(system ? [{ role: "system" as const, content: system }] : []),
    ...messages,
    ...(asksItself ? [] : [{ role: "user" as const, content: prompt ?? promptFrom(context) }]),
  ];
}

function promptFrom({ input, inputFrom }: StepContext): string {
  if (input === null) {
    throw new FlowError(
      "invalid_input",
      `input_from (${inputFrom ?? "the state"}) is null, so there is nothing to ask the model: give a prompt, or skip the step with when`,
    );
  }
  return textOf(input);
}

function repairTurns(answer: string, problems: readonly string[]): readonly ChatMessage[] {
  const list = problems.map((problem) => `- ${problem}`).join("\n");
  const content = `Your answer does not fit the JSON Schema:\n${list}\nAnswer again with the whole corrected JSON and nothing else.`;
  // Providers refuse a turn without text.
  const said = answer.trim() === "" ? [] : [{ role: "assistant" as const, content: answer }];
  return [...said, { role: "user", content }];
}
