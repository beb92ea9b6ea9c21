import type { Schema, Validator } from "@cfworker/json-schema";
import { excerpt } from "../core/excerpt.ts";
import { formatJson, type JsonObject } from "../core/json.ts";

/** Where a value does not fit a schema, and what is wrong there. */
export interface SchemaProblem {
  /** JSON pointer (RFC 6901) as a fragment, `#/email`. */
  readonly pointer: string;
  readonly message: string;
}

/** Of many problems the first ones tell enough. */
const MOST_PROBLEMS = 10;
/** In characters: an enum of many values would be listed whole. */
const LONGEST_PROBLEM = 300;
/** Keywords whose problem only says that there is one further inside. */
const OUTER = [
  "properties",
  "items",
  "prefixItems",
  "additionalProperties",
  "$ref",
  "allOf",
  "patternProperties",
];

const validators = new WeakMap<JsonObject, Validator>();

/**
 * What of a JSON text does not fit a schema, the first ten of it; none: it fits.
 * @throws Error for a schema that refers to what it does not have.
 */
export async function schemaProblems(schema: JsonObject, json: string): Promise<readonly SchemaProblem[]> {
  // The validator knows no numbers but JavaScript's.
  const { valid, errors } = (await validatorOf(schema)).validate(JSON.parse(json));
  if (valid) return [];
  const telling = errors.filter(({ keyword }) => !OUTER.includes(keyword));
  const problems = (telling.length > 0 ? telling : errors).map(({ instanceLocation, error }) => ({
    pointer: instanceLocation,
    message: excerpt(error, LONGEST_PROBLEM),
  }));
  const byText = new Map(problems.map((problem) => [`${problem.pointer}: ${problem.message}`, problem]));
  return [...byText.values()].slice(0, MOST_PROBLEMS);
}

async function validatorOf(schema: JsonObject): Promise<Validator> {
  const known = validators.get(schema);
  if (known) return known;
  const { Validator } = await import("@cfworker/json-schema");
  // It marks the schema that it is given.
  const copy: Schema = JSON.parse(formatJson(schema));
  const made = new Validator(copy, draftOf(schema), false);
  validators.set(schema, made);
  return made;
}

function draftOf({ $schema: named }: JsonObject) {
  const draft = /draft-0?(4|7)|draft\/(2019-09)/.exec(String(named));
  return (draft?.[1] ?? draft?.[2] ?? "2020-12") as "4" | "7" | "2019-09" | "2020-12";
}
