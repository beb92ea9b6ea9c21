import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { asObject } from "../json-schema.ts";

/** Text with a placeholder; `$${` is no placeholder (language.md section 3). */
const PLACEHOLDER = String.raw`(?:^|[^$])\$\{`;
const template: JsonObject = { type: "string", pattern: PLACEHOLDER };

/** A schema that also takes text with a placeholder wherever a value stands: what that resolves to is known in the run only. */
export function acceptTemplates(schema: JsonObject): JsonObject {
  const inner = insideOf(schema);
  const { type } = inner;
  if (acceptsAnyText(inner)) return inner;
  if (Array.isArray(inner.anyOf)) return { ...inner, anyOf: [...inner.anyOf, template] };
  if (mayBeText(type) && typeof inner.pattern === "string") {
    return { ...inner, pattern: `${inner.pattern}|${PLACEHOLDER}` };
  }
  if (typeof type === "string" && type !== "string" && inner.enum === undefined) {
    return {
      ...inner,
      type: [type, "string"],
      pattern: PLACEHOLDER,
      patternErrorMessage: `Expected ${NOUNS[type] ?? type}, or text with a placeholder: \${path}.`,
    };
  }
  const { description, default: fallback, ...rest } = inner;
  return {
    ...(description !== undefined && { description }),
    ...(fallback !== undefined && { default: fallback }),
    anyOf: [rest, template],
  };
}

const NOUNS: { readonly [type: string]: string } = {
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
};

/** The schema whose parts take templates, not yet the whole. */
function insideOf(schema: JsonObject): JsonObject {
  const { properties, items, additionalProperties, anyOf } = schema;
  return {
    ...schema,
    ...(isObject(properties) && { properties: mapValues(properties, acceptTemplates) }),
    ...(isObject(items) && { items: acceptTemplates(items) }),
    ...(isObject(additionalProperties) && { additionalProperties: acceptTemplates(additionalProperties) }),
    ...(Array.isArray(anyOf) && { anyOf: anyOf.map((one) => (isObject(one) ? insideOf(one) : one)) }),
  };
}

function acceptsAnyText({ type, enum: values, pattern, anyOf, allOf, $ref: reference }: JsonObject): boolean {
  if (values !== undefined || pattern !== undefined || allOf !== undefined || reference !== undefined)
    return false;
  if (Array.isArray(anyOf)) return anyOf.some((one) => isObject(one) && acceptsAnyText(one));
  return type === undefined || mayBeText(type);
}

function mayBeText(type: Json | undefined): boolean {
  return type === "string" || (Array.isArray(type) && type.includes("string"));
}

function mapValues(mapping: JsonObject, change: (schema: JsonObject) => JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(mapping).map(([name, schema]) => [name, change(asObject(schema))]),
  );
}
