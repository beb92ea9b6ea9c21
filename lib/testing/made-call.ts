import { matchesCall, parseCall } from "../adapters/scripted/url-pattern.ts";
import type { Json, JsonObject } from "../core/json.ts";

/** True for text that names calls by method and URL; other text is the id of a step. */
export function looksLikeCall(text: string): boolean {
  return /^(?:[A-Za-z]+|\*)\s+\S/.test(text) || text.includes("://") || text.includes("*");
}

/** A call as expectations read it: an HTTP request also by its query parameters. */
export function withQuery(call: JsonObject): JsonObject {
  const { url } = call;
  if (typeof url !== "string" || !URL.canParse(url)) return call;
  const query = new Map<string, Json>();
  for (const [name, value] of new URL(url).searchParams) {
    const before = query.get(name);
    query.set(name, before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]);
  }
  return { ...call, query: Object.fromEntries(query) };
}

/** Whether a call is one of those that a step's id or `METHOD URL` names. */
export function isNamedBy(text: string, { step, method, url }: JsonObject): boolean {
  if (!looksLikeCall(text)) return step === text;
  return typeof url === "string" && matchesCall(parseCall(text), { method: String(method), url });
}

/** A call in one line of a message. */
export function callName({ step, method, url, model }: JsonObject): string {
  const what = url === undefined ? `the model ${model}` : `${method} ${url}`;
  return step === undefined ? what : `${what} (by ${step})`;
}
