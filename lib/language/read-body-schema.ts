import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { jsonSchema } from "../steps/json-schema.ts";
import type { TextCheck } from "./check-text.ts";
import type { YamlNode } from "./yaml-node.ts";

/** The JSON Schema in a file beside the workflow's; undefined after its faults were reported. */
export function readBodySchema(
  name: string,
  { at }: YamlNode,
  { problems, beside }: TextCheck,
): JsonObject | undefined {
  const text = beside(name);
  if (text === undefined) {
    problems.error("wrong-value", at, `schema: there is no file ${name} beside this one that can be read`);
    return undefined;
  }
  const value = parsed(text);
  const fault = isObject(value) ? jsonSchema.safeParse(value).error?.issues[0] : undefined;
  if (isObject(value) && !fault) return value;
  const what = fault ? `${fault.path.join(".")}: ${fault.message}` : "it holds no JSON object";
  problems.error("wrong-value", at, `schema: ${name} is no JSON Schema: ${what}`);
  return undefined;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
