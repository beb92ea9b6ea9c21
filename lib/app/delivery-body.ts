import { bodyKindOf, decodeUtf8, mediaType, readBody } from "../core/event-body.ts";
import type { Json } from "../core/json.ts";
import { DEEPEST_EVENT, nestsDeeperThan } from "../core/json-depth.ts";
import { findJsonError } from "../core/json-error.ts";
import { jsonBodyOf, type WebhookRequest } from "../webhooks/request.ts";

const TOO_DEEP = `is nested more than ${DEEPEST_EVENT} levels deep`;

/** What is wrong with a body that says it is JSON, or nests too deep where it is read as JSON; undefined for any other. */
export function bodyProblem(request: WebhookRequest): string | undefined {
  if (request.body.length === 0 || !mayBeJson(request)) return undefined;
  const value = jsonBodyOf(request);
  if (value !== undefined) return nestsDeeperThan(DEEPEST_EVENT, value) ? TOO_DEEP : undefined;
  const text = decodeUtf8(request.body);
  const error = text === undefined ? "it is not valid UTF-8" : findJsonError(text)?.message;
  // Well-formed, and yet the parser gave up.
  if (error === undefined) return TOO_DEEP;
  return kindOf(request) === "json" ? `is not JSON: ${error}` : undefined;
}

/** The body as workflows read it, where there is no {@link bodyProblem}; what is JSON is parsed once for each request. */
export function bodyOf(request: WebhookRequest): Json {
  const json = request.body.length > 0 && mayBeJson(request) ? jsonBodyOf(request) : undefined;
  return json ?? readBody({ body: request.body, contentType: contentTypeOf(request) });
}

function mayBeJson(request: WebhookRequest): boolean {
  const kind = kindOf(request);
  return kind === "json" || kind === undefined;
}

function kindOf(request: WebhookRequest) {
  return bodyKindOf(contentTypeOf(request));
}

function contentTypeOf({ headers }: WebhookRequest): string {
  return mediaType(headers["content-type"]);
}
