import * as z from "zod";
import { FlowError } from "../core/flow-error.ts";
import type { Usage } from "../core/journal.ts";
import type { Json } from "../core/json.ts";
import { beside } from "../core/path.ts";
import { defineStep } from "../core/step.ts";
import type { StepContext } from "../core/step-context.ts";
import { sumOfUsage, usageShape, warnOfPrice, withSpent } from "./model-usage.ts";

const schema = z.strictObject({
  api_key: z.string().min(1).describe("The provider's key"),
  model: z.string().min(1).describe("The model's name: vectors of different models don't compare"),
  dimensions: z.int().min(1).optional().describe("Length of the vectors, where the model offers a choice"),
  encoding_format: z
    .enum(["float", "base64"])
    .default("float")
    .describe("A vector as a list of numbers, or as base64 of 32-bit floats"),
  base_url: z.string().min(1).optional().describe("Address of another provider with the same API"),
});

type Params = z.infer<typeof schema>;

/** Texts of one request. 100 of the longest vectors (3,072 numbers) stay below the largest answer that is read. */
const TEXTS_PER_REQUEST = 100;
/** OpenAI takes 300,000 tokens at once: more than these, unless a character takes more than one and a half tokens. */
const CHARACTERS_PER_REQUEST = 200_000;

/** Turns a text, or each of a list of texts, into a vector; always writes a list of vectors. */
export const openaiEmbeddings = defineStep({
  type: "openai_embeddings",
  summary: "Turn texts into vectors with OpenAI, or a provider with the same API",
  effect: true,
  repeatable: true,
  defaultOutput: "embeddings",
  timeoutSeconds: 120,
  inputRequired: true,
  schema,
  facts: {
    onlyAsks: () => true,
    also: (_raw, { outputTo }) => (outputTo === null ? {} : { [beside(outputTo, "usage")]: usageShape }),
  },
  templates: { api_key: "${env:OPENAI_API_KEY}" },
  environment: [{ name: "OPENAI_API_KEY", secret: true }],
  dependsOn: (_raw, { input }) => [input],
  async run(params, context) {
    const texts = textsOf(context);
    const vectors: Json[] = [];
    const usages: Usage[] = context.spent ? [context.spent] : [];
    for (let from = 0, end = 0; from < texts.length; from = end) {
      end = endOfRequest(texts, from);
      const answer = await embed(params, context, texts.slice(from, end), from).catch((thrown: unknown) => {
        throw withSpent(thrown, usages, context);
      });
      vectors.push(...answer.vectors);
      usages.push(answer.usage);
    }
    if (usages.length === 0) return { kind: "next", output: [] };
    const usage = sumOfUsage(usages);
    warnOfPrice(usage, context);
    return {
      kind: "next",
      output: vectors,
      usage,
      ...(context.outputTo !== null && { also: { [beside(context.outputTo, "usage")]: { ...usage } } }),
    };
  },
});

/** Behind the last text that goes with the one at `from`. */
function endOfRequest(texts: readonly string[], from: number): number {
  let end = from;
  let characters = 0;
  do {
    characters += texts[end]?.length ?? 0;
    end += 1;
  } while (
    end < texts.length &&
    end - from < TEXTS_PER_REQUEST &&
    characters + (texts[end]?.length ?? 0) <= CHARACTERS_PER_REQUEST
  );
  return end;
}

function textsOf({ input, inputFrom }: StepContext): readonly string[] {
  const texts = Array.isArray(input) ? (input as readonly Json[]) : [input];
  const wrong = texts.findIndex((text) => typeof text !== "string" || text.trim() === "");
  if (wrong < 0) return texts as readonly string[];
  const where = `input_from (${inputFrom}${Array.isArray(input) ? `, item ${wrong}` : ""})`;
  throw new FlowError("invalid_input", `${where} is ${whatIsWrong(texts[wrong] ?? null)}`);
}

function whatIsWrong(text: Json): string {
  if (typeof text === "string") return "empty, and has no vector: leave it out";
  const what = text === null ? "null" : Array.isArray(text) ? "a list" : `a ${typeof text}`;
  return `${what}, expected text or a list of texts`;
}

function embed(
  { api_key: apiKey, model, dimensions, encoding_format: encodingFormat, base_url: baseUrl }: Params,
  { ports, idempotencyKey, signal, timeoutSeconds }: StepContext,
  texts: readonly string[],
  from: number,
) {
  return ports.llm.embed({
    provider: "openai",
    apiKey,
    model,
    texts,
    encodingFormat,
    idempotencyKey: from === 0 ? idempotencyKey : `${idempotencyKey}-from-${from}`,
    signal,
    ...(timeoutSeconds !== null && { timeoutMs: timeoutSeconds * 1000 }),
    ...(dimensions !== undefined && { dimensions }),
    ...(baseUrl !== undefined && { baseUrl }),
  });
}
