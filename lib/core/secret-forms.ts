import { isObject, type Json, parseJson } from "./json.ts";

/** A secret shorter than this would blank ordinary text: it is not redacted, and loading warns. */
export const SHORTEST_SECRET = 4;

/** Part of a secret from this length on is a secret of its own: a line of a key, a text inside a JSON document. */
const SHORTEST_PART = 16;

/**
 * Every text that gives a secret away: the secret, its parts, and both in base64. What only writes single characters
 * another way (percent, JSON escapes) is the matcher's business.
 */
export function formsOf(secret: string): readonly string[] {
  const isLong = ({ length }: string) => length >= SHORTEST_SECRET;
  const texts = [secret, secret.trim(), ...partsOf(secret)].filter(isLong);
  return [...new Set(texts.flatMap((text) => [text, ...base64Forms(text).filter(isLong)]))];
}

/** Lines, and the texts of a JSON document such as a service account's key. A PEM file's armour is no secret. */
function partsOf(secret: string): readonly string[] {
  const lines = secret.split(/[\r\n]+/).map((line) => line.trim());
  const leaves = /^\s*[[{]/.test(secret)
    ? [...textsIn(parsed(secret))].flatMap((text) => [text, ...partsOf(text)])
    : [];
  return [...lines.filter((line) => !line.startsWith("-----")), ...leaves].filter(
    (part) => part.length >= SHORTEST_PART,
  );
}

function parsed(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

function* textsIn(value: Json): Generator<string> {
  if (typeof value === "string") yield value;
  else if (Array.isArray(value)) for (const item of value) yield* textsIn(item);
  else if (isObject(value)) for (const item of Object.values(value)) yield* textsIn(item);
}

/** Base64 and base64url of texts that hold the secret: as it is, JSON-escaped, URL-encoded, at each of three offsets. */
function base64Forms(secret: string): readonly string[] {
  const contents = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
    new URLSearchParams([["", secret]]).toString().slice(1),
  ];
  return [...new Set(contents)]
    .flatMap((content) => [0, 1, 2].map((offset) => base64At(content, offset)))
    .flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
}

/** The base64 digits that are certain when the secret starts `offset` bytes after a group of three (`user:secret`). */
function base64At(secret: string, offset: number): string {
  const bytes = new TextEncoder().encode("\0".repeat(offset) + secret);
  const digits = Buffer.from(bytes).toString("base64").replace(/=+$/, "");
  const uncertainEnd = bytes.length % 3 === 0 ? 0 : 1;
  return digits.slice(Math.ceil((offset * 8) / 6), digits.length - uncertainEnd);
}
