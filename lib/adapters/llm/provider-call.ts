import { excerpt } from "../../core/excerpt.ts";
import { FlowError } from "../../core/flow-error.ts";
import { classOfStatus } from "../../core/http-status.ts";
import { isObject, type Json } from "../../core/json.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Http, HttpResponse } from "../../core/ports/http.ts";
import type { ModelRequest } from "../../core/ports/llm.ts";
import { createRedactor } from "../../core/redactor.ts";
import { type Fetch, responseOf, sendThrough } from "../http/fetch-through.ts";
import { webUrl } from "../http/web-url.ts";
import { askedWait } from "./asked-wait.ts";

/** The caller's time limit goes to the Http port; a client's own must never be the shorter one. */
export const NO_CLIENT_TIMEOUT_MS = 2 ** 31 - 1;

/** A provider's API as its calls need to know it. */
export interface ProviderApi {
  /** What its answers are called: "chat completion". */
  readonly answer: string;
  /** What the address must speak: "OpenAI's Chat Completions". */
  readonly speaks: string;
  /** Where it is without a base URL. */
  readonly url: string;
}

/** What calls go through. */
export interface Line {
  readonly http: Http;
  readonly clock: Clock;
}

/** Headers that every provider gets. */
export function commonHeaders({ idempotencyKey }: ModelRequest): Record<string, string> {
  return { "Idempotency-Key": idempotencyKey, "User-Agent": "hookline" };
}

/**
 * Lets a provider's client make one call through the Http port. What the client makes of a failure is put aside:
 * errors are read from the answer itself, so that they are the same for all providers.
 * @throws FlowError as the Llm port says.
 */
export async function callProvider<Answer>(
  { http, clock }: Line,
  api: ProviderApi,
  request: ModelRequest,
  call: (fetch: Fetch, baseUrl: string) => Promise<Answer>,
): Promise<Answer> {
  checkAccess(request, api);
  let failure: unknown;
  let refused: HttpResponse | undefined;
  const fetch: Fetch = async (url, init) => {
    try {
      const { timeoutMs, signal } = request;
      const limits = { ...(timeoutMs !== undefined && { timeoutMs }), ...(signal && { signal }) };
      const answer = await sendThrough(http, limits, url, init);
      if (answer.status >= 300) refused = answer;
      return responseOf(answer);
    } catch (thrown) {
      failure = thrown;
      throw thrown;
    }
  };
  try {
    return await call(fetch, request.baseUrl ?? api.url);
  } catch (thrown) {
    if (failure !== undefined) throw failure;
    if (refused) throw answeredError(refused, request, clock);
    if (thrown instanceof FlowError) throw thrown;
    throw new FlowError(
      "invalid_output",
      `what answered for ${request.model} is no ${api.answer}: check that ${request.baseUrl ?? api.url} speaks ${api.speaks}`,
      { cause: thrown },
    );
  }
}

function checkAccess({ apiKey, baseUrl }: ModelRequest, { url }: ProviderApi): void {
  webUrl(baseUrl ?? url, (phrase) => new FlowError("invalid_input", `the model's base URL is ${phrase}`));
  if (!/^[\x21-\x7e]+$/.test(apiKey))
    throw new FlowError(
      "config_error",
      "the model's API key is empty or has a space, a line break or a letter beyond ASCII: set it as the provider shows it",
    );
}

function answeredError(
  { status, headers, body }: HttpResponse,
  { apiKey, model }: ModelRequest,
  clock: Clock,
): FlowError {
  const { text } = createRedactor([apiKey]);
  const told = new TextDecoder().decode(body);
  const error = errorOf(told);
  const message = typeof error.message === "string" ? error.message : told.trim() || "nothing more";
  const outOfCredit = [error.code, error.type].includes("insufficient_quota");
  const retryAfterMs = askedWait(headers, error, clock.now());
  return new FlowError(
    outOfCredit ? "client_error" : classOfStatus(status),
    text(`the provider of ${model} answered ${status} ${excerpt(message, 500)}`),
    { status, body: text(told), ...(retryAfterMs !== undefined && { retryAfterMs }) },
  );
}

/** All of them answer `{ "error": { "message", … } }`; what stands between may be a list, or something else wholly. */
function errorOf(text: string): { readonly [key: string]: Json } {
  try {
    const parsed: Json = JSON.parse(text);
    const first = Array.isArray(parsed) ? parsed[0] : parsed;
    const error = isObject(first) ? first.error : undefined;
    return isObject(error) ? error : {};
  } catch {
    return {};
  }
}
