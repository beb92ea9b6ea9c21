import { isObject, type JsonObject } from "../../core/json.ts";
import { stageSchema } from "../../core/stages.ts";
import { asObject, jsonSchemaOf } from "../json-schema.ts";
import { defaultText, isEmpty } from "../schema/described.ts";
import { markdownTable } from "./markdown-table.ts";
import { typeText } from "./type-text.ts";

/** The table of what a stage may say in `stages.yaml`, in Markdown. */
export function stagesTable(): string {
  return markdownTable(["key", "what it says", "takes", "default"], rowsOf(jsonSchemaOf(stageSchema), ""));
}

function rowsOf(schema: JsonObject, prefix: string): readonly (readonly string[])[] {
  return Object.entries(asObject(schema.properties)).flatMap(([key, value]) => {
    const inner = asObject(value);
    if (isObject(inner.properties)) return rowsOf(inner, `${prefix}${key}.`);
    const fallback = inner.default;
    const usual = fallback === undefined || isEmpty(fallback) ? "–" : `\`${defaultText(fallback)}\``;
    return [[`\`${prefix}${key}\``, `${inner.description}`, typeText(inner), usual]];
  });
}
