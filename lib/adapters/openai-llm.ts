import type { APIError, OpenAI } from "openai";
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";
import * as z from "zod";
import { FlowError } from "../core/flow-error.ts";
import { classOfStatus } from "../core/http-status.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Http } from "../core/ports/http.ts";
import type { ChatAnswer, ChatRequest, Llm } from "../core/ports/llm.ts";
import { createRedactor } from "../core/redactor.ts";
import { parseRetryAfter } from "../core/retry-after.ts";
import { webUrl } from "./web-url.ts";

// The caller's time limit goes to the Http port; the SDK's own must never be the shorter one.
const NO_SDK_TIMEOUT_MS = 2 ** 31 - 1;
const OPENAI_URL = "https://api.openai.com/v1";

const count = z.number().nullish();
const chatCompletion = z.object({
  model: z.string().nullish(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: z.object({ cached_tokens: count }).nullish(),
      completion_tokens_details: z.object({ reasoning_tokens: count }).nullish(),
    })
    .nullish(),
});

/**
 * Chat Completions of OpenAI, and of whoever speaks it under `baseUrl`, by the official client. Every request goes
 * through `http`; retries and waits are the caller's. The client is loaded with the first call.
 */
export function createOpenAiLlm(http: Http, clock: Clock): Llm {
  return {
    async complete(request) {
      checkAccess(request);
      const sdk = await import("openai");
      let failure: unknown;
      const client: OpenAI = new sdk.OpenAI({
        apiKey: request.apiKey,
        baseURL: request.baseUrl ?? OPENAI_URL,
        adminAPIKey: null,
        organization: null,
        project: null,
        logLevel: "off",
        maxRetries: 0,
        timeout: NO_SDK_TIMEOUT_MS,
        // The client wraps what its fetch throws, and takes some of it for time limits of its own.
        fetch: (url, init) =>
          sendThrough(http, request, url, init).catch((thrown: unknown) => {
            failure = thrown;
            throw thrown;
          }),
      });
      try {
        const answer = await client.chat.completions.create(parametersOf(request), {
          headers: { "Idempotency-Key": request.idempotencyKey, "User-Agent": "hookline" },
        });
        return readAnswer(answer, request);
      } catch (thrown) {
        if (failure !== undefined) throw failure;
        if (thrown instanceof sdk.APIError && thrown.status !== undefined)
          throw answeredError(thrown, request, clock);
        if (thrown instanceof FlowError) throw thrown;
        throw notACompletion(request, thrown);
      }
    },
  };
}

function checkAccess({ apiKey, baseUrl = OPENAI_URL }: ChatRequest): void {
  webUrl(baseUrl, (phrase) => new FlowError("invalid_input", `the model's base URL is ${phrase}`));
  if (!/^[\x21-\x7e]+$/.test(apiKey))
    throw new FlowError(
      "config_error",
      "the model's API key is empty or has a space, a line break or a letter beyond ASCII: set it as the provider shows it",
    );
}

async function sendThrough(
  http: Http,
  { timeoutMs, signal }: ChatRequest,
  url: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Response> {
  const body = init?.body;
  const answer = await http.send({
    method: init?.method ?? "GET",
    url: url instanceof Request ? url.url : String(url),
    headers: Object.fromEntries(new Headers(init?.headers)),
    ...(typeof body === "string" && { body }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(signal && { signal }),
  });
  const bodiless = [204, 205, 304].includes(answer.status);
  return new Response(bodiless ? null : new Uint8Array(answer.body), {
    status: answer.status,
    headers: answer.headers,
  });
}

function parametersOf({
  model,
  messages,
  temperature,
  maxTokens,
}: ChatRequest): ChatCompletionCreateParamsNonStreaming {
  const base = { model, messages: [...messages] };
  if (isReasoningModel(model))
    return { ...base, ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }) };
  return {
    ...base,
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
  };
}

/** The o series and gpt-5 and later, also behind a router's or a fine-tuning's prefix: `openai/o3-mini`. */
function isReasoningModel(model: string): boolean {
  return /(?:^|[/:])(?:o\d|gpt-(?:[5-9]|\d\d))(?!.*-chat)/.test(model);
}

function readAnswer(answer: unknown, request: ChatRequest): ChatAnswer {
  const { success, data, error } = chatCompletion.safeParse(answer);
  const choice = data?.choices[0];
  if (!success || !choice) throw notACompletion(request, error);
  const { content, refusal } = choice.message;
  const refused = (refusal ?? "") !== "" || choice.finish_reason === "content_filter";
  return {
    text: content || (refusal ?? ""),
    finish: refused ? "refusal" : finishOf(choice.finish_reason),
    usage: {
      model: data.model || request.model,
      input_tokens: data.usage?.prompt_tokens ?? 0,
      cached_tokens: data.usage?.prompt_tokens_details?.cached_tokens ?? 0,
      output_tokens: data.usage?.completion_tokens ?? 0,
      reasoning_tokens: data.usage?.completion_tokens_details?.reasoning_tokens ?? 0,
      cost_usd: null,
    },
  };
}

function finishOf(reason: string | null | undefined): ChatAnswer["finish"] {
  return reason === "stop" || reason === "length" ? reason : "other";
}

function answeredError(error: APIError, { apiKey, model }: ChatRequest, clock: Clock): FlowError {
  const { text } = createRedactor([apiKey]);
  const status: number = error.status ?? 0;
  const outOfCredit = error.code === "insufficient_quota" || error.type === "insufficient_quota";
  const waitMs = Number(error.headers?.get("retry-after-ms") ?? Number.NaN);
  const retryAfterMs =
    waitMs >= 0 ? waitMs : parseRetryAfter(error.headers?.get("retry-after") ?? undefined, clock.now());
  return new FlowError(
    outOfCredit ? "client_error" : classOfStatus(status),
    text(`the provider of ${model} answered ${error.message.slice(0, 500)}`),
    {
      status,
      ...(error.error !== undefined && { body: text(JSON.stringify(error.error)) }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
  );
}

function notACompletion({ model, baseUrl }: ChatRequest, cause: unknown): FlowError {
  return new FlowError(
    "invalid_output",
    `what answered for ${model} is no chat completion: check that ${baseUrl ?? OPENAI_URL} speaks OpenAI's Chat Completions`,
    { cause },
  );
}
