import * as z from "zod";
import { excerpt } from "../core/excerpt.ts";
import { FlowError } from "../core/flow-error.ts";
import { formatJson, isExactNumber, isObject, type Json, type JsonObject } from "../core/json.ts";
import { beside } from "../core/path.ts";
import type { HttpRequest } from "../core/ports/http.ts";
import { anyJson, jsonMapping } from "../core/schema.ts";
import { defineStep } from "../core/step.ts";
import { answerBody } from "./answer-body.ts";
import { failedAnswer } from "./failed-answer.ts";
import { withQuery } from "./query-string.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

// The header of the IETF draft, and the names that services used before it.
const KEY_HEADER =
  /^(?:x-)?(?:idempotency-(?:key|token)|request-id|paypal-request-id|repeatability-request-id)$/i;

// RFC 9110: field names are tokens; values hold no line breaks, and fetch sends them as Latin-1.
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "a header's name is letters, digits and dashes");
const headerText = z.string().regex(/^[\t -~\u0080-\u00ff]*$/, "a header is one line of Latin-1 text");
const headerValue = z.preprocess(
  (value) => (isExactNumber(value) ? formatJson(value) : value),
  z.union([headerText, z.number(), z.boolean(), z.null()]),
);

const schema = z.strictObject({
  url: z.string().min(1).describe("The address; state inserted behind the host is percent-encoded"),
  method: z
    .preprocess((value) => (typeof value === "string" ? value.toUpperCase() : value), z.enum(METHODS))
    .meta({ enum: [...METHODS, ...METHODS.map((method) => method.toLowerCase())] })
    .default("GET")
    .describe("The HTTP method"),
  headers: z
    .record(headerName, headerValue)
    .default({})
    .describe("Request headers; one whose value is null is left out"),
  query: jsonMapping
    .default({})
    .describe("Query parameters, behind those of the URL; lists repeat their key, null is left out"),
  body: anyJson
    .optional()
    .describe("Sent as JSON, text as it is; with GET and HEAD a mapping becomes query parameters"),
  response: z
    .enum(["body", "full"])
    .default("body")
    .describe("What is written: the body alone, or `{ status, headers, body, duration_ms }`"),
  allow_status: z
    .array(z.int().min(100).max(599))
    .default([])
    .describe("Statuses outside 2xx that are no failure"),
});

/** Calls an HTTP API and writes the answer's body. */
export const httpCall = defineStep({
  type: "http_call",
  summary: "Call an HTTP API",
  effect: true,
  repeatable: true,
  defaultOutput: "http",
  timeoutSeconds: 30,
  schema,
  urls: ["url"],
  dependsOn: () => [],
  facts: {
    shape: ({ response }) =>
      response === "full" ? { status: {}, headers: "any", body: "any", duration_ms: {} } : "any",
    also: (_raw, { outputTo }) =>
      outputTo === null ? {} : { [beside(outputTo, "meta")]: { status: {}, duration_ms: {}, attempts: {} } },
    safeToRepeat: (raw) => !isWrite(raw, /^(post|patch)$/i) || namesItself(raw),
    repeatHint: "set the header Idempotency-Key, e.g. from an id of the event, when the service honours it",
    onlyAsks: ({ method = "GET" }) => /^(get|head|options)$/i.test(String(method)),
    batchHint: (raw) =>
      isWrite(raw, /^(post|put|patch)$/i)
        ? "send the list in one call behind the loop, if the service has an address for that"
        : undefined,
  },
  besideFailure: ({ error, durationMs = 0, attempts }) => ({
    meta: { status: error.status ?? null, duration_ms: durationMs, attempts },
  }),
  check: ({ method = "GET", body }) =>
    /^(get|head)$/i.test(String(method)) && isUnsendable(body)
      ? [
          {
            at: ["body"],
            message: `${method} carries no body: give a mapping (query parameters) or use POST`,
          },
        ]
      : [],
  async run(params, context) {
    const { clock, http } = context.ports;
    const request = requestOf(params, context.idempotencyKey);
    const started = clock.now();
    const response = await http.send({
      ...request,
      signal: context.signal,
      ...(context.timeoutSeconds !== null && { timeoutMs: context.timeoutSeconds * 1000 }),
    });
    const duration_ms = clock.now() - started;
    const { status } = response;
    if ((status < 200 || status > 299) && !params.allow_status.includes(status)) {
      throw failedAnswer(`${request.method} ${request.url}`, response, clock.now());
    }
    const body = answerBody(response, context.warn);
    return {
      kind: "next",
      output:
        params.response === "full" ? { status, headers: { ...response.headers }, body, duration_ms } : body,
      ...(context.outputTo !== null && {
        also: { [beside(context.outputTo, "meta")]: { status, duration_ms, attempts: context.attempt } },
      }),
    };
  },
});

function isWrite({ method }: JsonObject, methods: RegExp): boolean {
  return typeof method === "string" && methods.test(method);
}

/** The file gives the call a name of its own by which the service can tell a repetition. */
function namesItself({ headers }: JsonObject): boolean {
  return isObject(headers) && Object.keys(headers).some((name) => KEY_HEADER.test(name));
}

/** A literal body that no GET can carry; a template is seen only when it has a value. */
function isUnsendable(body: Json | undefined): boolean {
  if (body === undefined || body === null || isObject(body)) return false;
  return typeof body !== "string" || !body.includes("${");
}

function requestOf(params: z.infer<typeof schema>, idempotencyKey: string): HttpRequest {
  const { method, query, body = null } = params;
  const headers = headersOf(params.headers, idempotencyKey);
  const url = withQuery(params.url, query);
  if (body === null) return { method, url, headers };
  if (method === "GET" || method === "HEAD") {
    if (isObject(body)) return { method, url: withQuery(url, body), headers };
    throw new FlowError(
      "invalid_input",
      `${method} carries no body, but was given ${excerpt(formatJson(body), 100)}: give a mapping (query parameters) or use POST`,
    );
  }
  const isText = typeof body === "string";
  return {
    method,
    url,
    headers: withDefault(headers, "Content-Type", isText ? "text/plain; charset=utf-8" : "application/json"),
    body: isText ? body : formatJson(body),
  };
}

function headersOf(given: JsonObject, idempotencyKey: string): Record<string, string> {
  const headers = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
  );
  return withDefault(headers, "Idempotency-Key", idempotencyKey);
}

function withDefault(headers: Record<string, string>, name: string, value: string): Record<string, string> {
  const isSet = Object.keys(headers).some((key) => key.toLowerCase() === name.toLowerCase());
  return isSet ? headers : { ...headers, [name]: value };
}
