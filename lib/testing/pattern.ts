import { compilePattern } from "../core/condition.ts";
import { compareNumbers, formatJson, isNumeric, isObject, type Json, jsonEquals } from "../core/json.ts";
import type { Path } from "../core/path.ts";

/** A place where a value is not as expected. */
export interface Mismatch {
  readonly path: Path;
  /** As JSON, or in words. */
  readonly expected: string;
  readonly found: string;
}

/** Whether a value, undefined when there is none, is what the matcher's own value asks for. */
type Matcher = (wanted: Json, found: Json | undefined) => boolean;

/** What stands in the place of a value, in a mapping whose keys begin with `$`; all of them must hold. */
export const MATCHERS: { readonly [name: string]: Matcher } = {
  $any: (wanted, found) => (found !== undefined) === (wanted !== false),
  $absent: (wanted, found) => (found === undefined) === (wanted !== false),
  $equals: (wanted, found) => jsonEquals(wanted, found),
  $not: (wanted, found) => !fits(wanted, found),
  $one_of: (wanted, found) => Array.isArray(wanted) && wanted.some((one) => fits(one, found)),
  $matches: (wanted, found) =>
    typeof found === "string" && typeof wanted === "string" && compilePattern(wanted).matcher(found).find(),
  $contains: (wanted, found) =>
    Array.isArray(found)
      ? found.some((item) => fits(wanted, item))
      : typeof found === "string" && typeof wanted === "string" && found.includes(wanted),
  $length: (wanted, found) => fits(wanted, lengthOf(found)),
  $type: (wanted, found) => found !== undefined && wanted === typeOf(found),
  $gt: compared((order) => order > 0),
  $gte: compared((order) => order >= 0),
  $lt: compared((order) => order < 0),
  $lte: compared((order) => order <= 0),
};

/** What `$type` may name. */
export const TYPE_NAMES = ["null", "boolean", "number", "text", "list", "mapping"];

/**
 * Every place where a value differs from a pattern: of a mapping only the keys of the pattern count, lists have the
 * pattern's length, and a mapping with `$…` keys stands for what {@link MATCHERS} says.
 */
export function mismatches(pattern: Json, found: Json | undefined, path: Path = []): readonly Mismatch[] {
  if (isMatcher(pattern)) return fitsMatchers(pattern, found) ? [] : [mismatch(pattern, found, path)];
  if (isObject(pattern) && isObject(found)) {
    return Object.entries(pattern).flatMap(([key, value]) =>
      mismatches(value, Object.hasOwn(found, key) ? found[key] : undefined, [...path, key]),
    );
  }
  if (Array.isArray(pattern) && Array.isArray(found) && pattern.length === found.length)
    return pattern.flatMap((item, index) => mismatches(item, found[index], [...path, String(index)]));
  return jsonEquals(pattern, found) ? [] : [mismatch(pattern, found, path)];
}

/** True when a value has no mismatch with a pattern. */
export function fits(pattern: Json, found: Json | undefined): boolean {
  return mismatches(pattern, found).length === 0;
}

/** True for a mapping of matchers. */
export function isMatcher(pattern: Json): pattern is { readonly [name: string]: Json } {
  return isObject(pattern) && Object.keys(pattern).some((key) => key.startsWith("$"));
}

function fitsMatchers(pattern: { readonly [name: string]: Json }, found: Json | undefined): boolean {
  return Object.entries(pattern).every(([name, wanted]) => MATCHERS[name]?.(wanted, found) ?? false);
}

function mismatch(pattern: Json, found: Json | undefined, path: Path): Mismatch {
  return { path, expected: formatJson(pattern), found: found === undefined ? "nothing" : formatJson(found) };
}

function lengthOf(value: Json | undefined): number | undefined {
  if (typeof value === "string") return [...value].length;
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : undefined;
}

function typeOf(value: Json): string {
  if (value === null) return "null";
  if (typeof value === "string") return "text";
  if (typeof value === "boolean") return "boolean";
  if (isNumeric(value)) return "number";
  return Array.isArray(value) ? "list" : "mapping";
}

function compared(holds: (order: number) => boolean): Matcher {
  return (wanted, found) => isNumeric(wanted) && isNumeric(found) && holds(compareNumbers(found, wanted));
}
