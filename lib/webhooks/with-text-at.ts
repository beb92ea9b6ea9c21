import { formatJson, isNumeric } from "../core/json.ts";
import { readPath, writePath } from "../core/path.ts";
import type { ValuePlace } from "../core/verification.ts";
import { jsonBodyOf, type WebhookRequest } from "./request.ts";

/** The request with a text at a place, the opposite of reading it there; a number in the body stays one. */
export function withTextAt(request: WebhookRequest, place: ValuePlace, text: string): WebhookRequest {
  if ("headers" in place) {
    const [name = ""] = place.headers;
    return { ...request, headers: { ...request.headers, [name]: text } };
  }
  if ("query" in place) {
    const query = new URLSearchParams(request.rawQuery);
    query.set(place.query, text);
    return { ...request, rawQuery: query.toString(), query: { ...request.query, [place.query]: text } };
  }
  const path = place.bodyPath.split(".");
  const body = jsonBodyOf(request);
  const value = isNumeric(readPath(body, path)) ? Number(text) : text;
  return { ...request, body: Buffer.from(formatJson(writePath(body, path, value))) };
}
