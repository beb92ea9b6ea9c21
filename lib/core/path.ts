import { FlowError } from "./flow-error.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";

/** A parsed path: the keys from the root to the value. */
export type Path = readonly string[];

const REFUSED = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Parses `a.b`, `a.0.b`, `a[0].b` or `a["odd key"].b` (language.md section 2).
 * @throws FlowError `config_error` naming the text and the place where it stops making sense.
 */
export function parsePath(text: string): Path {
  const known = parsed.get(text);
  if (known) return known;
  const path = parse(text);
  if (parsed.size < 10_000) parsed.set(text, path);
  return path;
}

const parsed = new Map<string, Path>();
const BARE_KEY = /[^.[\]\s"'${},][^.[\]"'${},\n]*/y;
const BRACKET = /\[(?:(\d+)|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\]/y;

function parse(text: string): Path {
  const keys: string[] = [];
  let at = 0;
  const fail = (): never => {
    throw new FlowError(
      "config_error",
      `"${text}" is not a path: unexpected ${at < text.length ? `"${text[at]}" at character ${at + 1}` : "end"}. Write a.b, a[0].b or a["odd key"].b`,
    );
  };
  while (at < text.length || keys.length === 0) {
    const bracket = text[at] === "[";
    if (keys.length > 0 && !bracket) {
      if (text[at] !== ".") fail();
      at += 1;
    }
    const pattern = bracket ? BRACKET : BARE_KEY;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) return fail();
    const quoted = match[2] ?? match[3];
    keys.push(quoted === undefined ? (match[1] ?? match[0].trimEnd()) : unescapeQuoted(quoted));
    at = pattern.lastIndex;
  }
  return keys;
}

function unescapeQuoted(quoted: string): string {
  return quoted.replace(/\\(.)/g, "$1");
}

/** Text that {@link parsePath} reads back to the same path. */
export function formatPath(path: Path): string {
  return path
    .map((key, index) => {
      if (/^[^.[\]\s"'${},]+$/.test(key)) return index === 0 ? key : `.${key}`;
      return `["${key.replace(/["\\]/g, "\\$&")}"]`;
    })
    .join("");
}

/** The value at `path`, or undefined. Own properties only; prototypes never resolve. */
export function readPath(root: Json | undefined, path: Path): Json | undefined {
  let value = root;
  for (const key of path) {
    if (REFUSED.has(key)) return undefined;
    if (Array.isArray(value)) value = /^\d+$/.test(key) ? value[Number(key)] : undefined;
    else if (isObject(value) && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}

/**
 * A copy of `root` with `value` at `path`. Missing parents become mappings, scalars on the way are replaced,
 * an index may replace an element of a list or append one. The empty path replaces the whole root.
 * @throws FlowError `invalid_input` for a prototype's name, or a key that a list cannot take.
 */
export function writePath(root: Json | undefined, path: Path, value: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (REFUSED.has(key))
    throw new FlowError("invalid_input", `"${key}" cannot be written: it names a prototype`);
  if (Array.isArray(root)) {
    const index = Number(key);
    if (!/^\d+$/.test(key) || index > root.length) {
      throw new FlowError(
        "invalid_input",
        `a list of ${root.length} has no place "${key}": write an index from 0 to ${root.length}`,
      );
    }
    const copy = root.slice();
    copy[index] = writePath(root[index], rest, value);
    return copy;
  }
  const parent: JsonObject = isObject(root) ? root : {};
  const child = Object.hasOwn(parent, key) ? parent[key] : undefined;
  return { ...parent, [key]: writePath(child, rest, value) };
}

/** A copy of `root` without the value at `path`; the same value when nothing is there. */
export function deletePath(root: Json, path: Path): Json {
  const [key, ...rest] = path;
  if (key === undefined || readPath(root, path) === undefined) return root;
  if (Array.isArray(root)) {
    return rest.length === 0
      ? root.toSpliced(Number(key), 1)
      : root.with(Number(key), deletePath(root[Number(key)] as Json, rest));
  }
  if (!isObject(root)) return root;
  if (rest.length > 0) return { ...root, [key]: deletePath(root[key] as Json, rest) };
  const { [key]: _removed, ...others } = root;
  return others;
}

/** The path beside another: `beside("a.b", "meta")` is `a.b_meta`. */
export function beside(path: string, suffix: string): string {
  const keys = parsePath(path);
  return formatPath([...keys.slice(0, -1), `${keys.at(-1)}_${suffix}`]);
}
