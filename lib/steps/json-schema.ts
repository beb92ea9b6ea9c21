import * as z from "zod";
import type { JsonObject } from "../core/json.ts";
import { anyJson } from "../core/schema.ts";

const typeName = z.enum(["array", "boolean", "integer", "null", "number", "object", "string"]);
const size = z.int().min(0);
const inner: z.ZodType = z.lazy(() => z.union([jsonSchema, z.boolean()]));
const innerMap = z.record(z.string(), inner);
const innerList = z.array(inner).min(1);

/** A JSON Schema as a parameter: the form of the usual keywords is checked, others stand as they are. */
export const jsonSchema = z
  .looseObject({
    type: z.union([typeName, z.array(typeName).min(1)]).optional(),
    properties: innerMap.optional(),
    required: z.array(z.string()).optional(),
    additionalProperties: inner.optional(),
    items: z.union([inner, z.array(inner)]).optional(),
    prefixItems: innerList.optional(),
    minItems: size.optional(),
    maxItems: size.optional(),
    enum: z.array(anyJson).min(1).optional(),
    minLength: size.optional(),
    maxLength: size.optional(),
    pattern: z.string().refine(isPattern, "expected a regular expression of ECMAScript").optional(),
    allOf: innerList.optional(),
    anyOf: innerList.optional(),
    oneOf: innerList.optional(),
    $defs: innerMap.optional(),
    $ref: z.string().startsWith("#", "expected a reference inside the schema: #/$defs/name").optional(),
  })
  .meta({ id: "json_schema" }) as unknown as z.ZodType<JsonObject>;

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "u") !== undefined;
  } catch {
    return false;
  }
}
