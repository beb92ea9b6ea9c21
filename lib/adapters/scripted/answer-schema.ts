import * as z from "zod";
import { ERROR_CLASSES } from "../../core/flow-error.ts";
import { anyJson, jsonMapping } from "../../core/schema.ts";

const tokens = z.int().min(0).default(0);

const anyAnswer = {
  error: z.enum(ERROR_CLASSES).optional().describe("The call fails with this class"),
  delay_seconds: z.number().min(0).optional().describe("The answer takes this long"),
  times: z
    .int()
    .min(1)
    .optional()
    .describe("How often it is given; a last answer without it is given for ever"),
};

const httpAnswer = {
  status: z.int().min(100).max(599).optional(),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  body: anyJson.optional(),
};

const modelAnswer = {
  text: z.string().optional(),
  vectors: z.array(anyJson).optional(),
  finish: z.enum(["stop", "length", "refusal", "other"]).optional(),
  usage: z
    .strictObject({
      model: z.string().optional(),
      input_tokens: tokens,
      cached_tokens: tokens,
      output_tokens: tokens,
      reasoning_tokens: tokens,
      cost_usd: z.number().min(0).nullable().optional(),
    })
    .optional(),
};

const resultAnswer = {
  output: anyJson.optional(),
  meta: jsonMapping.optional().describe("What is written under `<output_to>_meta`"),
};

const answerFields = { ...anyAnswer, ...httpAnswer, ...modelAnswer, ...resultAnswer };

/** One answer of any kind. */
export type Answer = z.infer<z.ZodObject<typeof answerFields>> & {
  /** Only requests to this model get it. */
  readonly model?: string | undefined;
};

/** Who gives an answer like this one; `any`: it only fails, as everyone can. */
export function kindOf(answer: Answer): "http" | "model" | "output" | "any" {
  const has = (fields: object) =>
    Object.keys(fields).some((key) => answer[key as keyof Answer] !== undefined);
  if (has(modelAnswer)) return "model";
  if (has(resultAnswer)) return "output";
  return answer.error !== undefined && !has(httpAnswer) ? "any" : "http";
}

const ONE_KIND =
  "an answer is of one kind: status, headers and body (HTTP), text or vectors with finish and usage (a model), output with meta (the step's result), or error";

function isOneKind(answer: Answer): boolean {
  const given = [httpAnswer, modelAnswer, resultAnswer, { error: 0 }].filter((fields) =>
    Object.keys(fields).some((key) => answer[key as keyof Answer] !== undefined),
  );
  return given.length <= 1 && (kindOf(answer) !== "model" || isModelAnswer(answer));
}

function isModelAnswer({ text, vectors, error }: Answer): boolean {
  return [text, vectors, error].filter((one) => one !== undefined).length === 1;
}

const NOT_BESIDE =
  "a rule with answers has none of its own: move status, headers, body, error and delay_seconds into the list";

function hasOneList({
  answers,
  times: _,
  ...own
}: Answer & { readonly answers?: readonly Answer[] | undefined }): boolean {
  return (
    answers === undefined ||
    Object.keys(answerFields).every((key) => own[key as keyof typeof own] === undefined)
  );
}

/** One entry of `answers:`, whose answers are for a step, for calls of a method and URL, or for a model. */
export const answerRule = z
  .strictObject({
    step: z.string().min(1).optional().describe("Id of the step that asks"),
    call: z.string().min(1).optional().describe("`METHOD URL` or a URL, with `*` for any text"),
    model: z.string().min(1).optional().describe("The model that is asked"),
    answers: z.array(z.strictObject(answerFields).refine(isOneKind, ONE_KIND)).min(1).optional(),
    ...answerFields,
  })
  .refine(
    ({ step, call, model }) => step !== undefined || call !== undefined || model !== undefined,
    "whose answer is it? Say step, call or model",
  )
  .refine(hasOneList, NOT_BESIDE)
  .refine(({ step: _s, call: _c, model: _m, answers: _a, ...own }) => isOneKind(own), ONE_KIND);

/** One entry of `http:`. */
export const httpRule = z
  .strictObject({
    method: z.string().toUpperCase().optional(),
    url: z.string().min(1),
    answers: z
      .array(z.strictObject({ ...anyAnswer, ...httpAnswer }))
      .min(1)
      .optional(),
    ...anyAnswer,
    ...httpAnswer,
  })
  .refine(hasOneList, NOT_BESIDE);

/** One entry of `llm:`. */
export const llmAnswer = z
  .strictObject({ ...anyAnswer, ...modelAnswer, model: z.string().optional() })
  .refine(isModelAnswer, "an answer has a text, vectors or an error");
