import * as z from "zod";
import { ERROR_CLASSES, type ErrorClass, FlowError } from "../core/flow-error.ts";
import { formatJson, type Json, type JsonObject, parseJson } from "../core/json.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Http, HttpRequest, HttpResponse } from "../core/ports/http.ts";
import type { ChatAnswer, ChatRequest, Llm } from "../core/ports/llm.ts";
import { anyJson } from "../core/schema.ts";
import { cancellation } from "./deadline.ts";
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
    finish: z.enum(["stop", "length", "refusal", "other"]).default("stop"),
    usage: z
      .strictObject({
        model: z.string().optional(),
        input_tokens: tokens,
        cached_tokens: tokens,
        output_tokens: tokens,
        reasoning_tokens: tokens,
        cost_usd: z.number().min(0).nullable().default(null),
      })
      .prefault({}),
  })
  .refine(
    ({ text, error }) => (text === undefined) !== (error === undefined),
    "an answer has a text or an error",
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
 * Answers chat requests from a script: of the answers for the request's model, or for any, each in its order. `calls`
 * hold `{ model, messages, temperature, max_tokens, base_url, api_key }`. Unscripted requests as in {@link scriptedHttp}.
 */
export function scriptedLlm(script: Script, options: ScriptedOptions<Llm> = {}): Llm & ScriptedCalls {
  const answers = script.llm.map((answer) => scripted(answer));
  const calls: JsonObject[] = [];
  return {
    calls,
    unused: () => unusedAnswers("llm", answers),
    async complete(request) {
      calls.push(recordOfChat(request));
      const answer = nextAnswer(
        answers.filter(({ answer: { model = request.model } }) => model === request.model),
      );
      if (answer) return chatAnswerOf(await waited(answer, "llm", request, options.clock), request);
      if (options.fallback) return options.fallback.complete(request);
      throw unscripted(
        `a request to the model ${request.model}`,
        script.llm.map(({ model = "*" }) => `llm ${model}`),
      );
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

function chatAnswerOf({ text = "", finish, usage }: LlmAnswer, { model }: ChatRequest): ChatAnswer {
  return { text, finish, usage: { ...usage, model: usage.model ?? model } };
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
  const { model, messages, temperature, maxTokens, baseUrl, apiKey } = request;
  return {
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    ...(baseUrl !== undefined && { base_url: baseUrl }),
    api_key: apiKey,
  };
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
