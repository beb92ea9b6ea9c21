import { excerpt } from "../core/excerpt.ts";
import { FlowError } from "../core/flow-error.ts";
import { formatJson, type Json, type JsonObject, parseJson } from "../core/json.ts";

/** The value that an answer holds, or what is wrong with it, in words that help to put it right. */
export type CheckedAnswer =
  | { readonly value: Json; readonly problems?: never }
  | { readonly value?: never; readonly problems: readonly string[] };

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

/**
 * Parses an answer as JSON, with or without a code fence around it, and validates it. Numbers keep their digits.
 * @throws FlowError `config_error` for a schema that refers to what it does not have.
 */
export async function checkAnswer(schema: JsonObject, text: string): Promise<CheckedAnswer> {
  const json = withoutFence(text);
  let value: Json;
  try {
    value = parseJson(json);
  } catch (error) {
    return { problems: [`no JSON: ${(error as SyntaxError).message}`] };
  }
  const { Validator } = await import("@cfworker/json-schema");
  // The validator marks what it is given, and knows no numbers but JavaScript's.
  const validator = new Validator(JSON.parse(formatJson(schema)), draftOf(schema), false);
  const { valid, errors } = validated(() => validator.validate(JSON.parse(json)));
  if (valid) return { value };
  const telling = errors.filter(({ keyword }) => !OUTER.includes(keyword));
  const problems = (telling.length > 0 ? telling : errors).map(({ instanceLocation, error }) =>
    excerpt(`${instanceLocation}: ${error}`, LONGEST_PROBLEM),
  );
  return { problems: [...new Set(problems)].slice(0, MOST_PROBLEMS) };
}

function withoutFence(text: string): string {
  const fenced = /^```(?:json)?\s*\n([\s\S]*?)\n?```$/i.exec(text.trim());
  return fenced?.[1] ?? text.trim();
}

function draftOf({ $schema: named }: JsonObject) {
  const draft = /draft-0?(4|7)|draft\/(2019-09)/.exec(String(named));
  return (draft?.[1] ?? draft?.[2] ?? "2020-12") as "4" | "7" | "2019-09" | "2020-12";
}

function validated<Result>(validate: () => Result): Result {
  try {
    return validate();
  } catch (error) {
    throw new FlowError("config_error", `output_schema cannot be used: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
