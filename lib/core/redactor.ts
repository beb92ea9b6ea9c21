import { isExactNumber, isObject, type Json } from "./json.ts";

/** What stands where a secret stood. */
export const REDACTED = "***";

/** A secret shorter than this would blank ordinary text: it is not redacted, and loading warns. */
export const SHORTEST_SECRET = 4;

/** Blanks secrets in everything that is stored, logged or shown. */
export interface Redactor {
  text(text: string): string;
  /** The same value when it holds no secret. Keys are redacted too. */
  json<T extends Json>(value: T): T;
}

/** Blanks each secret in its raw, base64, URL-encoded and JSON-escaped forms (language.md section 3). */
export function createRedactor(secrets: Iterable<string>): Redactor {
  const forms = [
    ...new Set([...secrets].filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(formsOf)),
  ];
  if (forms.length === 0) return { text: (text) => text, json: (value) => value };
  forms.sort((a, b) => b.length - a.length);
  const pattern = new RegExp(forms.map((form) => RegExp.escape(form)).join("|"), "g");
  const text = (raw: string) => raw.replace(pattern, REDACTED);
  return { text, json: (value) => redactJson(value, text) as typeof value };
}

function redactJson(value: Json, text: (raw: string) => string): Json {
  if (typeof value === "string") return text(value);
  if (typeof value === "number" || isExactNumber(value)) {
    const digits = JSON.stringify(value);
    return text(digits) === digits ? value : REDACTED;
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => redactJson(item, text));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value);
  const redacted = entries.map(([key, item]) => [text(key), redactJson(item, text)] as const);
  const changed = redacted.some(
    ([key, item], index) => key !== entries[index]?.[0] || item !== entries[index]?.[1],
  );
  return changed ? Object.fromEntries(redacted) : value;
}

function formsOf(secret: string): string[] {
  const base64 = [0, 1, 2].map((offset) => base64At(secret, offset));
  const forms = [
    secret,
    ...jsonForms(secret),
    ...urlForms(secret.toWellFormed()),
    ...base64,
    ...base64.map((form) => form.replaceAll("+", "-").replaceAll("/", "_")),
  ];
  return forms.filter((form) => form.length >= SHORTEST_SECRET);
}

/** JSON text may write characters beyond ASCII and slashes as escapes. */
function jsonForms(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const ascii = json.replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return [json, ascii].flatMap((form) => [form, form.replaceAll("/", "\\/")]);
}

/** Encoders differ in what they leave alone, in how they write a space, and in the case of their digits. */
function urlForms(secret: string): string[] {
  const component = encodeURIComponent(secret);
  const strict = component.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams([["", secret]]).toString().slice(1);
  const forms = [
    component,
    strict,
    form,
    component.replaceAll("%20", "+"),
    encodeURI(secret),
    queryForm(secret),
  ];
  return forms.flatMap((one) => [one, one.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())]);
}

/** What a URL parser makes of the secret in a query: it escapes less than any encoder. */
function queryForm(secret: string): string {
  const url = new URL("https://host");
  url.search = secret;
  return url.search.slice(1);
}

/** The base64 digits that are certain when the secret starts `offset` bytes after a group of three (`user:secret`). */
function base64At(secret: string, offset: number): string {
  const bytes = new TextEncoder().encode("\0".repeat(offset) + secret);
  const digits = btoa(String.fromCharCode(...bytes)).replace(/=+$/, "");
  const uncertainEnd = bytes.length % 3 === 0 ? 0 : 1;
  return digits.slice(Math.ceil((offset * 8) / 6), digits.length - uncertainEnd);
}
