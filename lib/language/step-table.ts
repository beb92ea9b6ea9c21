import type { JsonObject } from "../core/json.ts";
import type { AnyStep } from "../core/step.ts";
import { defaultText, isEmpty } from "./described.ts";
import { jsonSchemaOf, parametersOf } from "./json-schema.ts";
import { markdownTable } from "./markdown-table.ts";

/** The Markdown table of step types for the README: default key, parameters with their defaults, summary. */
export function stepTable(stepTypes: ReadonlyMap<string, AnyStep>): string {
  const rows = [...stepTypes.values()].map((step) => [
    `\`${step.type}\``,
    step.defaultOutput === null ? "–" : `\`${step.defaultOutput}\``,
    parametersText(step),
    step.summary,
  ]);
  return markdownTable(["step", "default key", "parameters", "what it does"], rows);
}

function parametersText(step: AnyStep): string {
  const { required } = jsonSchemaOf(step.schema);
  const own = [...parametersOf(step.schema)].map(([name, schema]) => {
    const template = step.templates?.[name];
    if (template !== undefined) return `\`${name}\` (\`${template}\`)`;
    const isRequired = Array.isArray(required) && required.includes(name);
    return `\`${name}\`${isRequired ? " (required)" : givenText(schema)}`;
  });
  const input = step.inputRequired ? ["`input_from` (required)"] : [];
  const timeout = step.timeoutSeconds === null ? [] : [`\`timeout\` (\`${step.timeoutSeconds}\`)`];
  return [...input, ...own, ...blockNames(step), ...timeout].join(", ") || "–";
}

function givenText({ default: value }: JsonObject): string {
  return value === undefined || isEmpty(value) ? "" : ` (\`${defaultText(value)}\`)`;
}

/** Lists of steps that stand beside the parameters, not inside one. */
function blockNames(step: AnyStep): string[] {
  const places = step.blocks?.({}) ?? [];
  return places.flatMap(({ at: [name, ...inner], required }) =>
    inner.length > 0 ? [] : [`\`${name}\`${required ? " (required)" : ""}`],
  );
}
