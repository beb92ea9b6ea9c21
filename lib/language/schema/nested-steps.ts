import { isObject, type JsonObject } from "../../core/json.ts";
import type { NestedPlace } from "../../core/step.ts";
import { asObject } from "../json-schema.ts";

const steps: JsonObject = { $ref: "#/definitions/steps" };

/** A step's schema with the lists of steps that its parameters may hold. */
export function withNestedSteps(schema: JsonObject, places: readonly NestedPlace[] = []): JsonObject {
  return places.reduce((outer, { at, required, or }) => {
    if (or === undefined) return withList(outer, at, required);
    const either = withList(withList(outer, at, false), or, false);
    return { ...either, oneOf: [requirementOf(at), requirementOf(or)] };
  }, schema);
}

/** `required`: the mapping that would hold the list must hold it. */
function withList(schema: JsonObject, [key, ...rest]: readonly string[], required: boolean): JsonObject {
  if (key === undefined) return Object.keys(schema).length === 0 ? steps : { anyOf: [steps, schema] };
  if (Array.isArray(schema.anyOf)) {
    const anyOf = schema.anyOf.map((one) =>
      isObject(one) && one.type === "object" ? withList(one, [key, ...rest], required) : one,
    );
    return { ...schema, anyOf };
  }
  if (key === "*") {
    const inside = schema.type === "array" ? "items" : "additionalProperties";
    return { ...schema, [inside]: withList(asObject(schema[inside]), rest, required) };
  }
  const properties = asObject(schema.properties);
  const names = Array.isArray(schema.required) ? schema.required : [];
  return {
    ...schema,
    properties: { ...properties, [key]: withList(asObject(properties[key]), rest, required) },
    ...(required && rest.length === 0 && { required: [...names, key] }),
  };
}

function requirementOf([key = "", ...rest]: readonly string[]): JsonObject {
  return { required: [key], ...(rest.length > 0 && { properties: { [key]: requirementOf(rest) } }) };
}
