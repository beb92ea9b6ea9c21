import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { decodeUtf8, mediaType } from "../core/event-body.ts";
import { LOCAL_ACCOUNT } from "./local-names.ts";

/** A request that has arrived whole. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly sourceIp: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** What Lambda takes of an event, as JSON (Lambda quotas, "Invocation payload"). */
const LARGEST_EVENT_BYTES = 6_291_556;
// A character of the body takes six at most, as \u0000.
const SURELY_FITS_BYTES = 1_000_000;

/** True for an event that Lambda would not take: quotes in a text, and base64, make its body longer than it arrived. */
export function isTooLarge(event: APIGatewayProxyEventV2): boolean {
  if ((event.body?.length ?? 0) <= SURELY_FITS_BYTES) return false;
  return Buffer.byteLength(JSON.stringify(event)) > LARGEST_EVENT_BYTES;
}

/** The event that API Gateway (HTTP API, payload format 2.0) makes of a request. */
export function gatewayEvent(request: ReceivedRequest): APIGatewayProxyEventV2 {
  const { headers, cookies } = joinHeaders(request.headers);
  const question = request.target.indexOf("?");
  const rawPath = question < 0 ? request.target : request.target.slice(0, question);
  const rawQueryString = question < 0 ? "" : request.target.slice(question + 1);
  const query = joinQuery(rawQueryString);
  const isText = isTextType(request.headers["content-type"]) && decodeUtf8(request.body) !== undefined;
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(query && { queryStringParameters: query }),
    requestContext: {
      accountId: LOCAL_ACCOUNT,
      apiId: "local",
      domainName: headers.host ?? "localhost",
      domainPrefix: "local",
      http: {
        method: request.method,
        path: rawPath,
        protocol: "HTTP/1.1",
        sourceIp: request.sourceIp,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey: "$default",
      stage: "$default",
      time: gatewayTime(request.receivedAt),
      timeEpoch: request.receivedAt,
    },
    ...(request.body.length > 0 && { body: request.body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: request.body.length > 0 && !isText,
  };
}

/** Names in lower case, values of one name joined by a comma; cookies travel on their own. */
function joinHeaders(raw: IncomingHttpHeaders): { headers: Record<string, string>; cookies: string[] } {
  const { cookie, ...others } = raw;
  const headers: Record<string, string> = { "x-forwarded-proto": "http" };
  for (const [name, value] of Object.entries(others)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(",") : value;
  }
  return { headers, cookies: cookie === undefined ? [] : cookie.split(/;\s*/) };
}

function joinQuery(raw: string): Record<string, string> | undefined {
  if (raw === "") return undefined;
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(raw)) {
    const before = parameters.get(name);
    parameters.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(parameters);
}

/** Every other body travels as base64, form-encoded ones and those without a type among them. */
function isTextType(contentType: string | undefined): boolean {
  return /^text\/|^application\/(?:json|javascript|xml|[\w.-]+\+(?:json|xml))$/.test(mediaType(contentType));
}

/** `12/Mar/2026:19:03:58 +0000`, as the access log of API Gateway writes it. */
function gatewayTime(epochMs: number): string {
  const [, day, month, year, time] =
    /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(epochMs).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
