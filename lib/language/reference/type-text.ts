import { formatJson, isObject, type Json, type JsonObject } from "../../core/json.ts";

/** What a JSON Schema takes, in words for a reference table. */
export function typeText(schema: JsonObject): string {
  const { type, enum: values, const: value, anyOf, allOf, $ref: reference } = schema;
  if (typeof reference === "string") return REFERRED[reference.split("/").at(-1) ?? ""] ?? ANY;
  if (Array.isArray(values)) return `one of ${lowerCaseTwinsLeftOut(values).map(codeOf).join(", ")}`;
  if (value !== undefined) return codeOf(value);
  const inner = Array.isArray(anyOf) ? anyOf : allOf;
  if (Array.isArray(inner)) return joined(inner.filter(isObject).map(typeText));
  // The first is what a file should give; others are understood as well.
  if (Array.isArray(type)) return typeText({ ...schema, type: type[0] ?? null });
  switch (type) {
    case "array":
      return `list${ofText(schema.items)}`;
    case "object": {
      const keys = isObject(schema.properties) ? Object.keys(schema.properties) : [];
      if (keys.length > 0) return `mapping of ${keys.map(codeOf).join(", ")}`;
      return `mapping${ofText(schema.additionalProperties)}`;
    }
    case "integer":
    case "number":
      return `${type === "integer" ? "whole number" : "number"}${rangeText(schema)}`;
    case "string":
      return "text";
    case "boolean":
      return "`true` or `false`";
    case "null":
      return "null";
    default:
      return ANY;
  }
}

function ofText(members: Json | undefined): string {
  const kind = isObject(members) ? typeText(members) : ANY;
  if (kind === ANY) return "";
  return kind.includes(" ") ? `; each ${kind}` : ` of ${kind}`;
}

const ANY = "any value";

const REFERRED: { readonly [definition: string]: string } = {
  condition: "[conditions](README.md#conditions)",
  json_schema: "JSON Schema",
  steps: "steps",
};

/** The same in lower case is another spelling, not another value. */
function lowerCaseTwinsLeftOut(values: readonly Json[]): readonly Json[] {
  return values.filter(
    (value) => !values.some((other) => other !== value && String(other).toLowerCase() === value),
  );
}

function codeOf(value: Json): string {
  return `\`${typeof value === "string" ? value : formatJson(value)}\``;
}

function joined(kinds: readonly string[]): string {
  const [last, ...others] = [...new Set(kinds)].toReversed();
  return others.length === 0 ? (last ?? ANY) : `${others.toReversed().join(", ")} or ${last}`;
}

function rangeText({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonObject): string {
  const from = minimum ?? exclusiveMinimum;
  const to = maximum === Number.MAX_SAFE_INTEGER ? undefined : (maximum ?? exclusiveMaximum);
  const above = exclusiveMinimum === undefined ? `at least ${from}` : `above ${from}`;
  const below = exclusiveMaximum === undefined ? `at most ${to}` : `below ${to}`;
  if (from === undefined) return to === undefined ? "" : `, ${below}`;
  if (to === undefined) return `, ${above}`;
  return minimum !== undefined && maximum !== undefined ? `, ${from} to ${to}` : `, ${above} and ${below}`;
}
