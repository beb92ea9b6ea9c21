import { FlowError } from "../core/flow-error.ts";
import { type Json, type JsonObject, parseJson } from "../core/json.ts";
import { type SchemaProblem, schemaProblems } from "./schema-problems.ts";

/** The value that an answer holds, or what is wrong with it, in words that help to put it right. */
export type CheckedAnswer =
  | { readonly value: Json; readonly problems?: never }
  | { readonly value?: never; readonly problems: readonly string[] };

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
  const problems = await problemsOf(schema, json);
  if (problems.length === 0) return { value };
  return { problems: problems.map(({ pointer, message }) => `${pointer}: ${message}`) };
}

function withoutFence(text: string): string {
  const fenced = /^```(?:json)?\s*\n([\s\S]*?)\n?```$/i.exec(text.trim());
  return fenced?.[1] ?? text.trim();
}

async function problemsOf(schema: JsonObject, json: string): Promise<readonly SchemaProblem[]> {
  try {
    return await schemaProblems(schema, json);
  } catch (error) {
    throw new FlowError("config_error", `output_schema cannot be used: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
