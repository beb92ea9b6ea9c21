import type { Json, JsonObject } from "../core/json.ts";
import { textOf } from "../core/template.ts";

/**
 * The URL with further query parameters behind those it has. Lists repeat their key, nested values are compact JSON,
 * null is left out.
 */
export function withQuery(url: string, query: JsonObject): string {
  const pairs = Object.entries(query).flatMap(([key, value]) => listOf(value).map((item) => pair(key, item)));
  if (pairs.length === 0) return url;
  const hash = url.indexOf("#");
  const [address, fragment] = hash < 0 ? [url, ""] : [url.slice(0, hash), url.slice(hash)];
  const separator = !address.includes("?") ? "?" : /[?&]$/.test(address) ? "" : "&";
  return `${address}${separator}${pairs.join("&")}${fragment}`;
}

function listOf(value: Json): readonly Json[] {
  return (Array.isArray(value) ? (value as readonly Json[]) : [value]).filter((item) => item !== null);
}

function pair(key: string, value: Json): string {
  return [key, textOf(value)].map((text) => encodeURIComponent(text.toWellFormed())).join("=");
}
