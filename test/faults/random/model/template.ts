import type { Json, JsonObject } from "../../../../lib/core/json.ts";
import { Refusal } from "./failure.ts";
import { asText, isMapping } from "./values.ts";

/** What texts and conditions read: a path's value, and the plain environment. */
export interface Reader {
  read(path: string): Json | undefined;
  readonly environment: JsonObject;
  readonly strict: boolean;
}

const PLACEHOLDER = /\$\$\{|\$\{([^},]+)(?:,([^}]*))?\}/g;

/** A text with its placeholders filled in; one that is nothing else keeps the type of what it reads. */
export function render(template: Json, reader: Reader, encode: (text: string) => string = String): Json {
  if (Array.isArray(template)) return template.map((item) => render(item, reader, encode));
  if (isMapping(template))
    return Object.fromEntries(
      Object.entries(template).map(([key, item]) => [key, render(item, reader, encode)]),
    );
  if (typeof template !== "string") return template;
  const [only] = template.matchAll(PLACEHOLDER);
  if (only?.[0] === template && only[1] !== undefined) return placeholder(only[1], only[2], reader) ?? null;
  return template.replaceAll(PLACEHOLDER, (_all, path?: string, fallback?: string) =>
    path === undefined ? "${" : encode(asText(placeholder(path, fallback, reader))),
  );
}

/** Whether each placeholder of a text has a value, and one that is not empty. */
export function isComplete(template: string, reader: Reader): boolean {
  return [...template.matchAll(PLACEHOLDER)].every(([, path, fallback]) => {
    const value = path === undefined ? path : placeholder(path, fallback, reader);
    return path === undefined || ((value ?? null) !== null && value !== "");
  });
}

function placeholder(path: string, fallback: string | undefined, reader: Reader): Json | undefined {
  const value = path.startsWith("env:") ? reader.environment[path.slice(4)] : reader.read(path);
  if (value !== undefined && (value !== null || fallback === undefined)) return value;
  if (fallback !== undefined) return scalar(fallback.trim());
  if (reader.strict) throw new Refusal("invalid_input");
  return undefined;
}

function scalar(text: string): Json {
  return /^(?:null|true|false|-?\d+)$/.test(text) ? JSON.parse(text) : text.replace(/^"(.*)"$/, "$1");
}
