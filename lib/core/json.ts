/** A JSON number whose digits a double cannot hold; `JSON.stringify` writes them back unchanged. */
export interface ExactNumber {
  readonly rawJSON: string;
}

/** Any JSON value. Treated as immutable everywhere: a change makes a new value. */
export type Json = null | boolean | number | string | ExactNumber | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** True for a number kept by its digits. */
export function isExactNumber(value: unknown): value is ExactNumber {
  return JSON.isRawJSON(value);
}

/** True for a JSON object: not null, not a list, not an exact number. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

// Only a number of 16 or more digits, or one with an exponent, can lose something in a double.
const MAY_NOT_FIT = /\d[\d.]{15}|\d[eE][+-]?\d/;

/**
 * Parses JSON text; a number that a double would change is kept as an {@link ExactNumber}.
 * @throws SyntaxError with the position, as `JSON.parse` does.
 */
export function parseJson(text: string): Json {
  if (!MAY_NOT_FIT.test(text)) return JSON.parse(text);
  try {
    return JSON.parse(text, (_key, value, { source }) =>
      typeof value === "number" && source !== undefined && !isSameNumber(value, source)
        ? JSON.rawJSON(source)
        : value,
    ) as Json;
  } catch (thrown) {
    if (thrown instanceof RangeError) throw new SyntaxError("it is nested too deep to be read");
    throw thrown;
  }
}

/** What a text is as JSON, or the text itself where it is none. */
export function jsonOrText(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/** Compact JSON text; exact numbers keep their digits. */
export function formatJson(value: Json): string {
  return JSON.stringify(value);
}

/** JSON text with the keys of every mapping in order: the same for values that differ in nothing else. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: Json) =>
    isObject(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  );
}

/** Deep equality of JSON values; key order does not count, numbers compare by value. */
export function jsonEquals(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a === null || b === null) return false;
  if (isExactNumber(a) || isExactNumber(b)) {
    return isNumeric(a) && isNumeric(b) && compareNumbers(a, b) === 0;
  }
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => jsonEquals(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && jsonEquals(a[key], b[key]))
  );
}

/** True for both kinds of number. */
export function isNumeric(value: Json | undefined): value is number | ExactNumber {
  return typeof value === "number" || isExactNumber(value);
}

/** Sign of `a − b`, exact for integers of any size and to a double's precision otherwise. */
export function compareNumbers(a: number | ExactNumber, b: number | ExactNumber): number {
  const [left, right] = [asInteger(a), asInteger(b)];
  if (left !== undefined && right !== undefined) return left < right ? -1 : left > right ? 1 : 0;
  const difference = Number(digitsOf(a)) - Number(digitsOf(b));
  return Number.isNaN(difference) ? 0 : Math.sign(difference);
}

function digitsOf(value: number | ExactNumber): string | number {
  return typeof value === "number" ? value : value.rawJSON;
}

function asInteger(value: number | ExactNumber): bigint | undefined {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : undefined;
  return /^-?\d+$/.test(value.rawJSON) ? BigInt(value.rawJSON) : undefined;
}

function isSameNumber(value: number, source: string): boolean {
  return canonicalDigits(String(value)) === canonicalDigits(source);
}

/** `1.50e3` and `1500` are one number: significant digits without point or zeros, and the exponent. */
function canonicalDigits(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!match) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const scale = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${sign}${significant}e${scale}`;
}
