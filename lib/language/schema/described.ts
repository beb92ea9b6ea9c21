import { formatJson, isObject, type Json, type JsonObject } from "../../core/json.ts";

/** A schema with the sentence that editors show; where it holds code, a second one for those that show Markdown. */
export function described(schema: JsonObject, sentence: string): JsonObject {
  return {
    ...schema,
    description: sentence.replaceAll("`", ""),
    ...(sentence.includes("`") && { markdownDescription: sentence }),
  };
}

/** Makes every description inside a schema a sentence that names the default. */
export function withSentences(schema: JsonObject): JsonObject {
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, DATA.includes(key) ? value : insideOf(key, value)]),
  );
  const { description, markdownDescription = description } = schema;
  return typeof markdownDescription === "string"
    ? described(inner, sentenceOf(markdownDescription, schema.default))
    : inner;
}

const DATA = ["default", "const", "enum", "examples", "enumDescriptions", "required"];
/** Keywords that map names to schemas, where a name may be that of a keyword. */
const MAPPINGS = ["properties", "definitions"];

function insideOf(key: string, value: Json): Json {
  if (Array.isArray(value)) return value.map((one: Json) => (isObject(one) ? withSentences(one) : one));
  if (!isObject(value)) return value;
  if (!MAPPINGS.includes(key)) return withSentences(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, isObject(one) ? withSentences(one) : one]),
  );
}

function sentenceOf(text: string, fallback: Json | undefined): string {
  const sentence = /[.!?]$/.test(text) ? text : `${text}.`;
  if (fallback === undefined || isEmpty(fallback)) return sentence;
  return `${sentence} Default: \`${defaultText(fallback)}\`.`;
}

/** A default as a file would give it. */
export function defaultText(value: Json): string {
  return typeof value === "string" ? value : formatJson(value);
}

/** True for an empty list or mapping: what a key defaults to that may as well be absent. */
export function isEmpty(value: Json): boolean {
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}
