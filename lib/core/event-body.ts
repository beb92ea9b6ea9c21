import { addToList } from "./add-to-list.ts";
import { type Json, jsonOrText, parseJson } from "./json.ts";
import type { ReadEvent, StoredEvent } from "./run.ts";

/** A content type in lower case, without its parameters; empty when there is none. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? "").replace(/;.*$/s, "").trim().toLowerCase();
}

/** How an event's body is read. */
export type BodyKind = "json" | "form" | "text" | "binary";

/** By content type (lower case, without parameters); without one, JSON if it parses, else text. */
export function bodyKindOf(contentType: string): BodyKind | undefined {
  if (contentType === "") return undefined;
  if (contentType === "application/json" || contentType.endsWith("+json")) return "json";
  if (contentType === "application/x-www-form-urlencoded") return "form";
  if (contentType.startsWith("text/")) return "text";
  return "binary";
}

/**
 * The event body as workflows read it: JSON, a form's fields, text, or `{ base64, content_type }` (language.md
 * section 5). An empty body is null.
 * @throws SyntaxError for JSON that is none; ingest has refused that before.
 */
export function readBody({ body, contentType }: Pick<StoredEvent, "body" | "contentType">): Json {
  if (body.length === 0) return null;
  const kind = bodyKindOf(contentType);
  const text = kind === "binary" ? undefined : decodeUtf8(body);
  if (text === undefined) return { base64: Buffer.from(body).toString("base64"), content_type: contentType };
  switch (kind) {
    case "json":
      return parseJson(text);
    case "form":
      return readForm(text);
    case "text":
      return text;
    default:
      return jsonOrText(text);
  }
}

/** Reads the body of a stored event. @throws SyntaxError for JSON that is none; ingest has refused that before. */
export function readEvent(event: StoredEvent): ReadEvent {
  return { body: readBody(event), request: event.request };
}

/** The text of UTF-8 bytes, without a byte order mark; undefined for bytes that are none. */
export function decodeUtf8(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body);
  } catch {
    return undefined;
  }
}

/** A field given several times is a list. */
function readForm(text: string): Json {
  const fields = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) addToList(fields, name, value);
  return Object.fromEntries(
    [...fields].map(([name, values]) => [name, values.length === 1 ? (values[0] as string) : values]),
  );
}
