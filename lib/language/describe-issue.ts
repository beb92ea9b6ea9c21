import type * as z from "zod";
import { formatJson, isExactNumber, isNumeric, type Json } from "../core/json.ts";
import { nearestName } from "./nearest-name.ts";

/** What a value of a file is, in words. */
export function describeValue(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "nothing (null)";
  if (typeof value === "string") return `the text ${shorten(JSON.stringify(value))}`;
  if (isNumeric(value)) return `the number ${shorten(formatJson(value))}`;
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? "an empty mapping" : `a mapping (${shorten(keys.join(", "))})`;
}

/** What a schema's issue wanted, in words; undefined where only its own message can say. */
export function describeExpected(issue: z.core.$ZodIssue, found?: Json): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      if (isExactNumber(found) && /^(?:number|int)$/.test(issue.expected)) return "a number of fewer digits";
      return TYPES[issue.expected] ?? issue.expected;
    case "invalid_value":
      return `${issue.values.length > 1 ? "one of " : ""}${issue.values.map(String).join(", ")}`;
    case "too_big":
      return bound(issue.origin, issue.inclusive === false ? "less than" : "at most", issue.maximum);
    case "too_small":
      if (issue.origin === "string" && issue.minimum === 1) return "text that is not empty";
      return bound(issue.origin, issue.inclusive === false ? "more than" : "at least", issue.minimum);
    case "not_multiple_of":
      return `a multiple of ${issue.divisor}`;
    case "invalid_format":
      return FORMATS[issue.format] ?? `text that fits ${issue.pattern ?? issue.format}`;
    case "invalid_union": {
      const kinds = issue.errors.map(
        ([first]) => first && first.path.length === 0 && describeExpected(first),
      );
      const known = [...new Set(kinds.filter((kind) => typeof kind === "string"))];
      return known.length === 0
        ? undefined
        : new Intl.ListFormat("en", { type: "disjunction" }).format(known);
    }
    default:
      return undefined;
  }
}

/** The way out of a wrong value, where there is one that can be written down. */
export function describeWayOut(
  issue: z.core.$ZodIssue,
  value: Json | undefined,
  source?: string,
): string | undefined {
  if (issue.code === "invalid_value" && typeof value === "string") {
    const near = nearestName(value, issue.values.map(String));
    return near === undefined ? undefined : `did you mean "${near}"?`;
  }
  if (issue.code !== "invalid_type") return undefined;
  const { expected } = issue;
  const scalar = typeof value === "string" || typeof value === "boolean" || isNumeric(value);
  if (expected === "string" && scalar) return `put it in quotes: "${shorten(source ?? formatJson(value))}"`;
  if (expected === "boolean" && typeof value === "string")
    return "YAML 1.2 knows true and false only, without quotes";
  if (
    (expected === "number" || expected === "int") &&
    typeof value === "string" &&
    /^-?\d+(\.\d+)?$/.test(value)
  ) {
    return `write it without quotes: ${shorten(value)}`;
  }
  if (expected === "array" && scalar) return `write a list: [${shorten(formatJson(value))}]`;
  return undefined;
}

/** The message an author of a schema wrote, undefined for those of the library. */
export function ownMessage(issue: z.core.$ZodIssue): string | undefined {
  const { code, message } = issue;
  if (code === "invalid_key") return issue.issues.map(({ message: inner }) => inner).join("; ") || undefined;
  return code === "custom" || !/^(?:Invalid|Too (?:big|small)|Unrecognized)\b/.test(message)
    ? message
    : undefined;
}

const TYPES: { readonly [type: string]: string } = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
  null: "null",
};

const FORMATS: { readonly [format: string]: string } = {
  url: "a URL, e.g. https://example.com/path",
  email: "an e-mail address",
  uuid: "a UUID",
};

const UNITS: { readonly [origin: string]: string } = {
  string: " characters",
  array: " items",
  file: " bytes",
};

function bound(origin: string, relation: string, limit: number | bigint): string {
  const unit = UNITS[origin] ?? "";
  return `${relation} ${limit}${Number(limit) === 1 ? unit.replace(/s$/, "") : unit}`;
}

/** Values may be as large as the file; a message shows their beginning. */
function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
