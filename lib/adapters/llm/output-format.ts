import { FlowError } from "../../core/flow-error.ts";
import { formatJson, isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { ChatRequest } from "../../core/ports/llm.ts";

/** Which schemas a provider's own output format takes. */
export interface FormatRule {
  /** Keywords beyond the common ones. */
  readonly keywords: readonly string[];
  /** Objects must say `additionalProperties: false`; with `all_required` they must also require each property. */
  readonly objects: "any" | "closed" | "all_required";
}

const COMMON = [
  "$defs",
  "$ref",
  "additionalProperties",
  "anyOf",
  "description",
  "enum",
  "format",
  "items",
  "properties",
  "required",
  "title",
  "type",
];

/** Whether a schema keeps to what the provider's output format knows. */
export function fitsFormat(schema: JsonObject, rule: FormatRule): boolean {
  const known = [...COMMON, ...rule.keywords];
  if (Object.keys(schema).some((keyword) => !known.includes(keyword))) return false;
  if (rule.objects !== "any" && (schema.type === "object" || isObject(schema.properties))) {
    if (schema.additionalProperties !== false) return false;
    const required = Array.isArray(schema.required) ? schema.required : [];
    const names = Object.keys(isObject(schema.properties) ? schema.properties : {});
    if (rule.objects === "all_required" && names.some((name) => !required.includes(name))) return false;
  }
  return schemasIn(schema).every((inner) => fitsFormat(inner, rule));
}

function schemasIn({ properties, $defs, items, prefixItems, additionalProperties, ...rest }: JsonObject) {
  const maps = [properties, $defs].flatMap((map) => (isObject(map) ? Object.values(map) : []));
  const lists = [prefixItems, rest.anyOf, rest.oneOf, rest.allOf].flatMap((list) =>
    Array.isArray(list) ? (list as readonly Json[]) : [],
  );
  return [...maps, ...lists, items, additionalProperties].filter(isObject);
}

/**
 * Asks in the provider's own output format when the schema fits it, else with the schema in words. A provider or model
 * that answers that it knows no such format is asked again in words.
 */
export async function askForOutput<Answer>(
  request: ChatRequest,
  fits: (schema: JsonObject) => boolean,
  ask: (request: ChatRequest, native: JsonObject | undefined) => Promise<Answer>,
): Promise<Answer> {
  const { outputSchema: schema } = request;
  if (schema === undefined) return ask(request, undefined);
  if (!fits(schema)) return ask(inWords(request, schema), undefined);
  try {
    return await ask(request, schema);
  } catch (thrown) {
    if (!knowsNoFormat(thrown)) throw thrown;
    return ask(inWords(request, schema), undefined);
  }
}

function inWords(request: ChatRequest, schema: JsonObject): ChatRequest {
  const content = `Answer with JSON only, without any other text, that fits this JSON Schema:\n${formatJson(schema)}`;
  return { ...request, messages: [{ role: "system", content }, ...request.messages] };
}

function knowsNoFormat(thrown: unknown): boolean {
  return (
    thrown instanceof FlowError &&
    (thrown.status === 400 || thrown.status === 422) &&
    /response_?format|json_?schema|output_?(?:config|format)|response_?mime_?type|structured output/i.test(
      `${thrown.message} ${thrown.body}`,
    )
  );
}
