import * as z from "zod";
import { isObject, type Json, type JsonObject } from "../core/json.ts";

const known = new WeakMap<z.ZodType, JsonObject>();

/** The JSON Schema (draft 7, which editors know best) of what a zod schema takes; made once for each. */
export function jsonSchemaOf(schema: z.ZodType): JsonObject {
  const ready = known.get(schema);
  if (ready) return ready;
  const generated = z.toJSONSchema(schema, {
    io: "input",
    target: "draft-7",
    unrepresentable: "any",
    // The library leaves out the default of a field that is preprocessed.
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema instanceof z.ZodDefault) jsonSchema.default ??= zodSchema.def.defaultValue;
    },
  });
  // The text form drops what is no JSON, so that the result is what its type says.
  const made: JsonObject = JSON.parse(JSON.stringify(generated));
  known.set(schema, made);
  return made;
}

/** The properties that a mapping may have at a path inside a JSON Schema, by name, over all its alternatives. */
export function propertiesAt(
  root: JsonObject,
  path: readonly PropertyKey[],
): ReadonlyMap<string, JsonObject> {
  let places = alternatives(root, root);
  for (const key of path)
    places = places.flatMap((place) => below(place, key).flatMap((next) => alternatives(next, root)));
  const found = new Map<string, JsonObject>();
  for (const { properties } of places) {
    if (!isObject(properties)) continue;
    for (const [name, schema] of Object.entries(properties)) {
      if (!found.has(name) && isObject(schema)) found.set(name, schema);
    }
  }
  return found;
}

/** The value as a mapping; what is none counts as empty. */
export function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The parameters that a step's schema takes, by name. */
export function parametersOf(schema: z.ZodType): ReadonlyMap<string, JsonObject> {
  return propertiesAt(jsonSchemaOf(schema), []);
}

/** The schema itself, or what it refers to, or each of what it allows. */
function alternatives(schema: JsonObject, root: JsonObject, seen = new Set<Json>()): JsonObject[] {
  if (seen.has(schema)) return [];
  seen.add(schema);
  const { $ref: reference } = schema;
  const referred =
    typeof reference === "string" && reference.startsWith("#")
      ? reference
          .split("/")
          .slice(1)
          .reduce<Json | undefined>((at, key) => (isObject(at) ? at[key] : undefined), root)
      : undefined;
  const others = [referred, ...["anyOf", "oneOf", "allOf"].flatMap((key) => asList(schema[key]))].filter(
    isObject,
  );
  return others.length === 0
    ? [schema]
    : [schema, ...others.flatMap((other) => alternatives(other, root, seen))];
}

function below(
  { properties, items, prefixItems, additionalProperties }: JsonObject,
  key: PropertyKey,
): JsonObject[] {
  const places =
    typeof key === "number"
      ? [items, ...asList(prefixItems)]
      : [isObject(properties) ? properties[String(key)] : undefined, additionalProperties];
  return places.filter(isObject);
}

function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
