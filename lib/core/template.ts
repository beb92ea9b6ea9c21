import { FlowError } from "./flow-error.ts";
import { formatJson, isExactNumber, isObject, type Json } from "./json.ts";
import { type Path, parsePath } from "./path.ts";
import { parseScalar } from "./scalar.ts";
import { LARGEST_VALUE } from "./value-limits.ts";

/** One `${…}` of a template. */
export interface Placeholder {
  readonly source: { readonly path: Path } | { readonly env: string };
  /** Used when the source is missing or null. */
  readonly fallback?: Json;
  /** As it stands in the file, without `${` and `}`. */
  readonly text: string;
}

/** Literal text and placeholders, in order. */
export type Template = readonly (string | Placeholder)[];

/** Where placeholders get their values. */
export interface Lookup {
  path(path: Path): Json | undefined;
  /** The value of an environment name, undefined when it has none. */
  env(name: string): string | undefined;
  /** Called for each placeholder that resolves to nothing and has no fallback. */
  missing(placeholder: string): void;
}

/**
 * Parses text with `${path}`, `${path, default}`, `${env:NAME}`, `${env:NAME, default}`; `$${` is a literal `${`.
 * @throws FlowError `config_error` for a placeholder that is not closed or not a path.
 */
export function parseTemplate(text: string): Template {
  const known = parsed.get(text);
  if (known) return known;
  const template = parse(text);
  if (parsed.size < 10_000) parsed.set(text, template);
  return template;
}

const parsed = new Map<string, Template>();

function parse(text: string): Template {
  const parts: (string | Placeholder)[] = [];
  let literal = "";
  let at = 0;
  while (at < text.length) {
    const start = text.indexOf("${", at);
    if (start < 0) break;
    literal += text.slice(at, start);
    if (text[start - 1] === "$" && start > at) {
      literal = `${literal.slice(0, -1)}\${`;
      at = start + 2;
      continue;
    }
    const { comma, end } = boundsOf(text, start + 2);
    if (end < 0) {
      throw new FlowError(
        "config_error",
        `"\${" at character ${start + 1} is never closed. Close it with "}", or write "$\${" for the two characters themselves`,
      );
    }
    if (literal !== "") parts.push(literal);
    literal = "";
    parts.push(parsePlaceholder(text.slice(start + 2, end), comma && comma - start - 2));
    at = end + 1;
  }
  literal += text.slice(at);
  if (literal !== "") parts.push(literal);
  return parts;
}

// Braces and commas inside the quotes of an odd key, and braces inside those of a quoted default, mean themselves.
const QUOTED = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`;
const SOURCE = new RegExp(String.raw`(?:\[(?:${QUOTED})\]|[^,}])*`, "y");
const DEFAULT = /,(?:\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*(?=\})|[^}]*)/y;

/** Where the placeholder's text from `from` ends, -1 when it never does; `comma` is where its default begins. */
function boundsOf(text: string, from: number): { readonly comma: number | undefined; readonly end: number } {
  SOURCE.lastIndex = from;
  SOURCE.test(text);
  const comma = SOURCE.lastIndex;
  if (text[comma] !== ",") return { comma: undefined, end: text[comma] === "}" ? comma : -1 };
  DEFAULT.lastIndex = comma;
  DEFAULT.test(text);
  return { comma, end: text[DEFAULT.lastIndex] === "}" ? DEFAULT.lastIndex : -1 };
}

function parsePlaceholder(text: string, comma: number | undefined): Placeholder {
  const source = text.slice(0, comma).trim();
  const fallback = comma === undefined ? {} : { fallback: parseDefault(text.slice(comma + 1).trim()) };
  if (!source.startsWith("env:")) return { source: { path: parsePath(source) }, text, ...fallback };
  const env = source.slice(4).trim();
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(env)) {
    throw new FlowError(
      "config_error",
      `"${env}" is not the name of an environment variable. Write \${env:NAME} or \${env:NAME, default}`,
    );
  }
  return { source: { env }, text, ...fallback };
}

function parseDefault(text: string): Json {
  if (/^[^"'].*\$\{|^\$\{/.test(text)) {
    throw new FlowError(
      "config_error",
      `the default ${text} holds another placeholder, which a default cannot: choose in a step before, e.g. with the jq program .a // .b, or put quotes around text that is meant as it stands`,
    );
  }
  if (!/^[[{]/.test(text)) return parseScalar(text);
  throw new FlowError(
    "config_error",
    `the default ${text} is no scalar: write text, a number, true, false or null, or put quotes around it`,
  );
}

/** True when the text is exactly one placeholder, whose value keeps its type. */
export function isWholePlaceholder(template: Template): template is readonly [Placeholder] {
  return template.length === 1 && typeof template[0] !== "string";
}

/**
 * The value of a template: typed when it is one whole placeholder, else text. Inserted text is not looked at again.
 * @throws FlowError `invalid_input` for a text that is too long to be worked on.
 */
export function renderTemplate(template: Template, lookup: Lookup): Json {
  if (isWholePlaceholder(template)) return placeholderValue(template[0], lookup) ?? null;
  let text = "";
  for (const part of template) {
    text += typeof part === "string" ? part : textOf(placeholderValue(part, lookup));
    if (text.length > LARGEST_VALUE)
      throw new FlowError(
        "invalid_input",
        `a text has more than ${LARGEST_VALUE / 1024 / 1024} MB with what is inserted`,
      );
  }
  return text;
}

/** What a placeholder reads, its fallback, or undefined after a word to {@link Lookup.missing}. */
export function placeholderValue(placeholder: Placeholder, lookup: Lookup): Json | undefined {
  const { source, fallback } = placeholder;
  const value = "env" in source ? lookup.env(source.env) : lookup.path(source.path);
  if (value === undefined || (value === null && fallback !== undefined)) {
    if (fallback === undefined) lookup.missing(placeholder.text);
    return fallback;
  }
  return value;
}

/** How a value looks inside longer text: strings as they are, null and missing as nothing, the rest as compact JSON. */
export function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : formatJson(value);
}

/** Renders every string inside a value; mapping keys stay as they are. Returns the same value when nothing was templated. */
export function renderDeep(value: Json, lookup: Lookup): Json {
  if (typeof value === "string")
    return value.includes("${") ? renderTemplate(parseTemplate(value), lookup) : value;
  if (typeof value !== "object" || value === null || isExactNumber(value)) return value;
  if (Array.isArray(value)) return value.map((item) => renderDeep(item, lookup));
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renderDeep(item, lookup)]))
    : value;
}

/** Every placeholder anywhere inside a value. */
export function* placeholdersIn(value: Json): Generator<Placeholder> {
  if (typeof value === "string") {
    if (value.includes("${"))
      for (const part of parseTemplate(value)) if (typeof part !== "string") yield part;
  } else if (Array.isArray(value)) for (const item of value) yield* placeholdersIn(item);
  else if (isObject(value)) for (const item of Object.values(value)) yield* placeholdersIn(item);
}

/** The name of every `${env:…}` anywhere inside a value, in order, with repetitions. */
export function environmentNamesIn(value: Json): readonly string[] {
  return [...placeholdersIn(value)].flatMap(({ source }) => ("env" in source ? [source.env] : []));
}
