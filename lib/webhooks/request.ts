import { decodeUtf8, mediaType } from "../core/event-body.ts";
import { type Json, parseJson } from "../core/json.ts";
import { type Path, readPath } from "../core/path.ts";
import type { ValuePlace } from "../core/verification.ts";

/** A delivery as it came over HTTP. */
export interface WebhookRequest {
  readonly method: string;
  /** Scheme and host as the sender saw them, `https://example.com`. */
  readonly origin: string;
  readonly path: string;
  /** As sent, without the question mark; empty when there was none. */
  readonly rawQuery: string;
  readonly query: { readonly [name: string]: string };
  /** Names in lower case; values of one name are joined by a comma. */
  readonly headers: { readonly [name: string]: string };
  readonly body: Uint8Array;
  readonly sourceIp: string;
  /** A person sent it, to try the workflow. */
  readonly isTest?: true;
}

const bodies = new WeakMap<WebhookRequest, Json | undefined>();

/** The body as JSON whatever its type says, undefined for one that is none; parsed once for each request. */
export function jsonBodyOf(request: WebhookRequest): Json | undefined {
  if (bodies.has(request)) return bodies.get(request);
  const body = parsed(decodeUtf8(request.body));
  bodies.set(request, body);
  return body;
}

function parsed(text: string | undefined): Json | undefined {
  try {
    return text === undefined ? undefined : parseJson(text);
  } catch {
    return undefined;
  }
}

/** The fields of a form-encoded body in the order they came, bytes that are no UTF-8 as U+FFFD; undefined for another type. */
export function formBodyOf({ headers, body }: WebhookRequest): URLSearchParams | undefined {
  if (mediaType(headers["content-type"]) !== "application/x-www-form-urlencoded") return undefined;
  return new URLSearchParams(new TextDecoder().decode(body));
}

/** What a request carries at a place as text; undefined for nothing, and for what is neither text nor number. */
export function textAt(request: WebhookRequest, place: ValuePlace): string | undefined {
  if ("query" in place) return own(request.query, place.query);
  if ("headers" in place) {
    for (const name of place.headers) {
      const value = own(request.headers, name);
      if (value !== undefined) return value;
    }
    return undefined;
  }
  return scalarText(jsonBodyOf(request), place.bodyPath.split("."));
}

/** Every header of a list that came. */
export function textsAt(request: WebhookRequest, place: ValuePlace): readonly string[] {
  if (!("headers" in place)) {
    const text = textAt(request, place);
    return text === undefined ? [] : [text];
  }
  return place.headers.flatMap((name) => own(request.headers, name) ?? []);
}

/** How a place is called in an answer. */
export function placeName(place: ValuePlace): string {
  if ("query" in place) return `parameter ${place.query} of the query`;
  if ("headers" in place) return `header ${place.headers[0]}`;
  return `${place.bodyPath} in the JSON body`;
}

function scalarText(root: Json | undefined, path: Path): string | undefined {
  const value = readPath(root, path);
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : undefined;
}

function own(values: { readonly [name: string]: string }, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
