import { formatJson, isObject, type Json, type JsonObject } from "../core/json.ts";
import type { AnyStep } from "../core/step.ts";
import { jsonSchemaOf, parametersOf } from "./json-schema.ts";

/** The Markdown table of step types for the README: default key, parameters with their defaults, summary. */
export function stepTable(stepTypes: ReadonlyMap<string, AnyStep>): string {
  const rows = [...stepTypes.values()].map((step) =>
    row([
      `\`${step.type}\``,
      step.defaultOutput === null ? "–" : `\`${step.defaultOutput}\``,
      parametersText(step),
      step.summary,
    ]),
  );
  return [
    row(["step", "default key", "parameters", "what it does"]),
    row(["---", "---", "---", "---"]),
    ...rows,
  ].join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}

function parametersText(step: AnyStep): string {
  const { required } = jsonSchemaOf(step.schema);
  const own = [...parametersOf(step.schema)].map(([name, schema]) => {
    const template = step.templates?.[name];
    if (template !== undefined) return `\`${name}\` (\`${template}\`)`;
    const isRequired = Array.isArray(required) && required.includes(name);
    return `\`${name}\`${isRequired ? " (required)" : defaultText(schema)}`;
  });
  const input = step.inputRequired ? ["`input_from` (required)"] : [];
  const timeout = step.timeoutSeconds === null ? [] : [`\`timeout\` (\`${step.timeoutSeconds}\`)`];
  return [...input, ...own, ...blockNames(step), ...timeout].join(", ") || "–";
}

function defaultText({ default: value }: JsonObject): string {
  return value === undefined || isEmpty(value)
    ? ""
    : ` (\`${typeof value === "string" ? value : formatJson(value)}\`)`;
}

function isEmpty(value: Json): boolean {
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

/** Lists of steps that stand beside the parameters, not inside one. */
function blockNames(step: AnyStep): string[] {
  const places = step.blocks?.({}) ?? [];
  return places.flatMap(({ at: [name, ...inner], required }) =>
    inner.length > 0 ? [] : [`\`${name}\`${required ? " (required)" : ""}`],
  );
}
