import * as z from "zod";
import { ERROR_CLASSES, type ErrorClass, FlowError } from "../core/flow-error.ts";
import type { Usage } from "../core/journal.ts";
import { formatJson, type Json, type JsonObject, parseJson } from "../core/json.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Http, HttpRequest, HttpResponse } from "../core/ports/http.ts";
import type { ChatRequest, EmbeddingRequest, Llm, ModelRequest } from "../core/ports/llm.ts";
import { anyJson } from "../core/schema.ts";
import { cancellation } from "./deadline.ts";
import { costOf } from "./llm/model-cost.ts";
import { nextAnswer, type ScriptedAnswer, scripted, unusedAnswers } from "./scripted-sequence.ts";
import { systemClock } from "./system-clock.ts";

const anyAnswer = {
  error: z.enum(ERROR_CLASSES).optional(),
  times: z.int().min(1).optional(),
  delay_seconds: z.number().min(0).optional(),
};
const httpAnswer = {
  ...anyAnswer,
  status: z.int().min(100).max(599).optional(),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  body: anyJson.optional(),
};
const httpRule = z
  .strictObject({
    method: z.string().toUpperCase().optional(),
    url: z.string().min(1),
    answers: z.array(z.strictObject(httpAnswer)).min(1).optional(),
    ...httpAnswer,
  })
  .refine(
    ({ answers, status, headers, body, error, delay_seconds }) =>
      answers === undefined ||
      [status, headers, body, error, delay_seconds].every((one) => one === undefined),
    "a rule with answers has none of its own: move status, headers, body, error and delay_seconds into the list",
  );
const tokens = z.int().min(0).default(0);
const llmAnswer = z
  .strictObject({
    ...anyAnswer,
    model: z.string().optional(),
    text: z.string().optional(),
    vectors: z.array(anyJson).optional(),
    finish: z.enum(["stop", "length", "refusal", "other"]).default("stop"),
    usage: z
      .strictObject({
        model: z.string().optional(),
        input_tokens: tokens,
        cached_tokens: tokens,
        output_tokens: tokens,
        reasoning_tokens: tokens,
        cost_usd: z.number().min(0).nullable().optional(),
      })
      .prefault({}),
  })
  .refine(
    ({ text, vectors, error }) => [text, vectors, error].filter((one) => one !== undefined).length === 1,
    "an answer has a text, vectors or an error",
  );
const scriptSchema = z.strictObject({
  http: z.array(httpRule).default([]),
  llm: z.array(llmAnswer).default([]),
});

/** Answers that stand in for the network, as a file gives them. */
export type Script = z.infer<typeof scriptSchema>;
type HttpRule = Script["http"][number];
type HttpAnswer = Omit<HttpRule, "method" | "url" | "answers">;
type LlmAnswer = Script["llm"][number];

/** Where unscripted calls go, and whose time delays take. */
export interface ScriptedOptions<Port> {
  readonly fallback?: Port | undefined;
  readonly clock?: Clock | undefined;
}

/** What was asked, in order, and which answers nobody asked for. */
export interface ScriptedCalls {
  readonly calls: readonly JsonObject[];
  unused(): readonly string[];
}

/**
 * Checks a document `{ http: [{ method, url, status, headers, body }…], llm: [{ model, text }…] }`.
 * @throws FlowError `config_error` naming what does not fit.
 */
export function parseScript(document: unknown): Script {
  const result = scriptSchema.safeParse(document);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path, message }) => `${path.join(".") || "the document"}: ${message}`,
  );
  throw new FlowError("config_error", `the scripted answers do not fit: ${problems.join("; ")}`);
}

/**
 * Answers requests from a script: the first rule whose method and URL match and whose answers are not used up. A URL
 * matches exactly, with or without its query, or by `*`. `calls` hold `{ method, url, headers, body }`, header names in
 * lower case. Without a fallback an unscripted request throws an Error that lists what is scripted.
 */
export function scriptedHttp(script: Script, options: ScriptedOptions<Http> = {}): Http & ScriptedCalls {
  const rules = script.http.map((rule) => ({ rule, sequence: sequenceOf(rule) }));
  const calls: JsonObject[] = [];
  return {
    calls,
    unused: () => rules.flatMap(({ rule, sequence }) => unusedAnswers(nameOf(rule), sequence)),
    async send(request) {
      calls.push(recordOf(request));
      for (const { rule, sequence } of rules) {
        const answer = matches(rule, request) ? nextAnswer(sequence) : undefined;
        if (answer) return responseOf(await waited(answer, nameOf(rule), request, options.clock));
      }
      if (options.fallback) return options.fallback.send(request);
      throw unscripted(
        `${request.method} ${request.url}`,
        rules.map(({ rule }) => nameOf(rule)),
      );
    },
  };
}

/**
 * Answers requests to models from a script: of the answers for the request's model, or for any, each in its order;
 * embeddings are answered by those with `vectors`. A cost that the script leaves out is that of the price table. `calls`
 * hold `{ provider, model, messages or texts, temperature, max_tokens, output_schema, base_url, api_key, … }`.
 * Unscripted requests as in {@link scriptedHttp}.
 */
export function scriptedLlm(script: Script, options: ScriptedOptions<Llm> = {}): Llm & ScriptedCalls {
  const { clock = systemClock, fallback } = options;
  const answers = script.llm.map((answer) => scripted(answer));
  const calls: JsonObject[] = [];
  const next = async (request: ModelRequest, unwanted: "text" | "vectors") => {
    const fitting = answers.filter(
      ({ answer: { model = request.model, [unwanted]: other } }) =>
        model === request.model && other === undefined,
    );
    const answer = nextAnswer(fitting);
    return answer && waited(answer, "llm", request, clock);
  };
  const notScripted = ({ model: asked }: ModelRequest) =>
    unscripted(
      `a request to the model ${asked}`,
      script.llm.map(({ model = "*" }) => `llm ${model}`),
    );
  const usageOf = async (
    { usage: { model, cost_usd: cost, ...counts } }: LlmAnswer,
    request: ModelRequest,
  ): Promise<Usage> => {
    const usage = { ...counts, model: model ?? request.model, cost_usd: cost ?? null };
    return cost === undefined ? { ...usage, cost_usd: await costOf(usage, request, clock.now()) } : usage;
  };
  return {
    calls,
    unused: () => unusedAnswers("llm", answers),
    async complete(request) {
      calls.push(recordOfChat(request));
      const answer = await next(request, "vectors");
      if (answer)
        return { text: answer.text ?? "", finish: answer.finish, usage: await usageOf(answer, request) };
      if (fallback) return fallback.complete(request);
      throw notScripted(request);
    },
    async embed(request) {
      calls.push(recordOfEmbedding(request));
      const answer = await next(request, "text");
      if (answer) return { vectors: answer.vectors ?? [], usage: await usageOf(answer, request) };
      if (fallback) return fallback.embed(request);
      throw notScripted(request);
    },
  };
}

function nameOf({ method = "*", url }: HttpRule): string {
  return `${method} ${url}`;
}

function sequenceOf({ answers, times, ...own }: HttpRule): ScriptedAnswer<HttpAnswer>[] {
  if (answers === undefined) return [scripted({ ...own, times })];
  if (times === undefined) return answers.map((answer) => scripted(answer));
  const round = answers.map((answer) => ({ ...answer, times: answer.times ?? 1 }));
  return Array.from({ length: times }, () => round.map((answer) => scripted(answer))).flat();
}

function matches({ method, url }: HttpRule, request: HttpRequest): boolean {
  if (method !== undefined && method !== request.method) return false;
  const pattern = new RegExp(`^${url.split("*").map(RegExp.escape).join(".*")}$`, "s");
  return pattern.test(request.url) || pattern.test(request.url.replace(/[?#].*$/s, ""));
}

/** The answer after its delay. @throws FlowError the scripted error, or what ended the wait. */
async function waited<Answer extends { error?: ErrorClass | undefined; delay_seconds?: number | undefined }>(
  answer: Answer,
  name: string,
  { signal, timeoutMs = Number.POSITIVE_INFINITY }: Pick<HttpRequest, "signal" | "timeoutMs">,
  clock: Clock = systemClock,
): Promise<Answer> {
  const delayMs = (answer.delay_seconds ?? 0) * 1000;
  if (signal?.aborted) throw cancellation(signal.reason);
  try {
    if (delayMs > 0) await clock.sleep(Math.min(delayMs, timeoutMs), signal);
  } catch (reason) {
    throw cancellation(reason);
  }
  if (delayMs > timeoutMs)
    throw new FlowError("timeout", `${name} took longer than ${timeoutMs / 1000} seconds`);
  if (answer.error) throw new FlowError(answer.error, `${name} ends with ${answer.error}, as scripted`);
  return answer;
}

/** A mapping, list, number or boolean is JSON and says so; text has the type that the script gives it, or none. */
function responseOf({ status = 200, headers = {}, body = null }: HttpAnswer): HttpResponse {
  const isJson = body !== null && typeof body !== "string";
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return {
    status,
    headers: { ...(isJson && { "content-type": "application/json" }), ...Object.fromEntries(named) },
    body: new TextEncoder().encode(isJson ? formatJson(body) : (body ?? "")),
  };
}

function recordOf({ method, url, headers, body }: HttpRequest): JsonObject {
  const text = typeof body === "object" ? new TextDecoder().decode(body) : body;
  return {
    method,
    url,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    ...(text !== undefined && { body: jsonOrText(text) }),
  };
}

function recordOfChat(request: ChatRequest): JsonObject {
  const { messages, temperature, maxTokens, topP, topK, safetySettings, outputSchema } = request;
  return {
    ...recordOfModel(request),
    messages: messages.map(({ role, content }) => ({ role, content })),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    ...(topP !== undefined && { top_p: topP }),
    ...(topK !== undefined && { top_k: topK }),
    ...(safetySettings && { safety_settings: safetySettings }),
    ...(outputSchema && { output_schema: outputSchema }),
  };
}

function recordOfEmbedding(request: EmbeddingRequest): JsonObject {
  const { texts, dimensions, encodingFormat } = request;
  return {
    ...recordOfModel(request),
    texts,
    ...(dimensions !== undefined && { dimensions }),
    encoding_format: encodingFormat,
  };
}

function recordOfModel({ provider, model, baseUrl, apiKey }: ModelRequest): JsonObject {
  return { provider, model, ...(baseUrl !== undefined && { base_url: baseUrl }), api_key: apiKey };
}

function jsonOrText(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function unscripted(call: string, known: readonly string[]): Error {
  return new Error(`${call} is not scripted. Scripted: ${known.length === 0 ? "nothing" : known.join(", ")}`);
}
