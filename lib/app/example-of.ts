import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { readPath } from "../core/path.ts";

/** Deeper schemas refer to themselves. */
const DEEPEST = 12;

const FORMATS: { readonly [format: string]: string } = {
  email: "ada@example.com",
  date: "2026-01-31",
  time: "12:00:00Z",
  "date-time": "2026-01-31T12:00:00Z",
  uri: "https://example.com/",
  url: "https://example.com/",
  hostname: "example.com",
  uuid: "7d444840-9dc0-41d1-b245-5ffdce74fad2",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
};

/** A value that a JSON Schema asks for, to begin with: what patterns and conditions ask for beyond that, it may lack. */
export function exampleOf(schema: JsonObject): Json {
  return example(schema, schema, 0);
}

function example(schema: Json | undefined, root: JsonObject, depth: number): Json {
  if (!isObject(schema) || depth > DEEPEST) return null;
  const inside = (one: Json | undefined) => example(one, root, depth + 1);
  const { $ref: ref, examples, allOf } = schema;
  if (typeof ref === "string") return inside(readPath(root, ref.split("/").slice(1)));
  const listed = Array.isArray(schema.enum) ? schema.enum : [];
  const given = [schema.const, schema.default, ...(Array.isArray(examples) ? examples : []), ...listed];
  const [known] = given.filter((one) => one !== undefined);
  if (known !== undefined) return known;
  if (Array.isArray(allOf)) {
    const { allOf: _allOf, ...rest } = schema;
    const parts = [rest, ...allOf].map(inside);
    return parts.every((part) => isObject(part) || part === null)
      ? Object.assign({}, ...parts)
      : (parts.find((part) => part !== null) ?? null);
  }
  for (const choice of [schema.oneOf, schema.anyOf]) if (Array.isArray(choice)) return inside(choice[0]);
  return ofType(schema, inside);
}

function ofType(schema: JsonObject, inside: (one: Json | undefined) => Json): Json {
  const { type, properties, items, minItems, format, minimum } = schema;
  switch (Array.isArray(type) ? type[0] : (type ?? (isObject(properties) ? "object" : undefined))) {
    case "object":
      return Object.fromEntries(
        Object.entries(isObject(properties) ? properties : {}).map(([key, one]) => [key, inside(one)]),
      );
    case "array":
      return items === undefined && !minItems ? [] : [inside(items)];
    case "string":
      return FORMATS[String(format)] ?? "text".padEnd(Number(schema.minLength ?? 0), "t");
    case "integer":
    case "number":
      return typeof minimum === "number" ? minimum : 1;
    case "boolean":
      return true;
    default:
      return null;
  }
}
