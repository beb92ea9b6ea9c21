import type { Json, JsonObject } from "../../../lib/core/json.ts";

/** What is known of a failure beside its class. */
export interface FailureTraits {
  readonly status?: number;
  readonly body?: string;
  /** No policy applies and nothing is tried again: what the file says of it. */
  readonly endsRun?: string;
  /** No further delivery changes it. */
  readonly final?: true;
}

/** A step's failure, with its class out of language.md section 4. */
export class Refusal extends Error {
  readonly class: string;
  readonly traits: FailureTraits;

  constructor(errorClass: string, traits: FailureTraits = {}) {
    super(errorClass);
    this.class = errorClass;
    this.traits = traits;
  }
}

/** What texts and conditions read: a path's value, and the plain environment. */
export interface Reader {
  read(path: string): Json | undefined;
  readonly environment: JsonObject;
  readonly strict: boolean;
}

/** True for a mapping. */
export function isMapping(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

/** The keys of a path as files write it. */
export function keysOf(path: string): readonly string[] {
  return [...path.matchAll(/"([^"]*)"|[^.[\]"]+/g)].map(([key, quoted]) => quoted ?? key);
}

/** The value at a path, undefined when there is none. */
export function valueAt(value: Json | undefined, keys: readonly string[]): Json | undefined {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (Array.isArray(value)) return valueAt(value[Number(key)], rest);
  return isMapping(value) && Object.hasOwn(value, key) ? valueAt(value[key], rest) : undefined;
}

/** A copy with a value at the path. @throws Refusal where a list has no such place. */
export function withValueAt(value: Json | undefined, keys: readonly string[], put: Json): Json {
  const [key, ...rest] = keys;
  if (key === undefined) return put;
  if (Array.isArray(value)) {
    if (!/^\d+$/.test(key) || Number(key) > value.length) throw new Refusal("invalid_input");
    return Object.assign([...value], { [key]: withValueAt(value[Number(key)], rest, put) });
  }
  const parent = isMapping(value) ? value : {};
  return { ...parent, [key]: withValueAt(valueAt(parent, [key]), rest, put) };
}

/** How a value looks inside longer text. */
export function asText(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
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

/** Whether all of the conditions hold, or with `any` one of them. */
export function hold(conditions: Json | undefined, reader: Reader, match: Json = "all"): boolean {
  const all = (conditions ?? []) as readonly JsonObject[];
  return match === "any" ? all.some((one) => holds(one, reader)) : all.every((one) => holds(one, reader));
}

function holds(condition: JsonObject, reader: Reader): boolean {
  if (condition.all) return hold(condition.all, reader);
  if (condition.any) return hold(condition.any, reader, "any");
  if (condition.not) return !holds(condition.not as JsonObject, reader);
  const value = condition.value === undefined ? undefined : render(condition.value, reader);
  return compare(String(condition.op ?? condition.operator), reader.read(String(condition.field)), value);
}

function compare(op: string, field: Json | undefined, value: Json | undefined): boolean {
  const texts = typeof field === "string" && typeof value === "string";
  switch (op) {
    case "eq":
      return same(field, value);
    case "in":
      return field !== undefined && Array.isArray(value) && value.some((item) => same(item, field));
    case "not_in":
      return Array.isArray(value) && !compare("in", field, value);
    case "gt":
      return order(field, value) > 0;
    case "gte":
      return order(field, value) >= 0;
    case "lt":
      return order(field, value) < 0;
    case "lte":
      return order(field, value) <= 0;
    case "contains":
      if (Array.isArray(field)) return field.some((item) => same(item, value));
      return texts
        ? field.includes(value)
        : isMapping(field) && typeof value === "string" && Object.hasOwn(field, value);
    case "startswith":
      return texts && field.startsWith(value);
    case "endswith":
      return texts && field.endsWith(value);
    case "matches":
      return texts && new RegExp(value).test(field);
    case "exists":
      return ((field ?? null) !== null) !== (value === false);
    case "empty":
      if (typeof field === "object" && field !== null) return ["[]", "{}"].includes(JSON.stringify(field));
      return field === undefined || field === null || field === "";
    case "ne":
      return !compare("eq", field, value);
    default:
      return !compare(op.replace("not_", ""), field, value);
  }
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return a !== undefined && sorted(a) === sorted(b ?? null);
}

/** JSON text that does not depend on the order of keys. */
export function sorted(value: Json): string {
  return JSON.stringify(value, (_key, part) =>
    isMapping(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

/** Sign of a comparison, NaN where the two cannot be compared. */
function order(a: Json | undefined, b: Json | undefined): number {
  const isNumber = (value: Json | undefined) =>
    typeof value === "number" || (typeof value === "string" && /^-?\d+$/.test(value));
  if (isNumber(a) && isNumber(b)) return Number(a) - Number(b);
  if (typeof a !== "string" || typeof b !== "string") return Number.NaN;
  return a < b ? -1 : a > b ? 1 : 0;
}
