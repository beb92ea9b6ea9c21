import { parsePath } from "../../../core/path.ts";
import { isWholePlaceholder, parseTemplate } from "../../../core/template.ts";
import { type ConditionNode, eachCondition, eachOf, eachText, type Skip } from "../../walk-values.ts";
import type { YamlNode } from "../../yaml-node.ts";
import type { EnvRead, PathRead } from "./flow-step.ts";

/** What the texts of a value read. */
export interface TextReads {
  readonly paths: PathRead[];
  readonly environment: EnvRead[];
}

/** Collects reads of one parameter from `text`, the file. */
export interface ReadContext extends TextReads {
  readonly text: string;
  readonly parameter: string;
}

const ASKS_FOR_ABSENCE = ["exists", "not_exists", "empty", "not_empty", "ne", "not_in", "not_contains"];

/** Every placeholder anywhere inside a value. `skip` leaves parts out. */
export function readTemplates(node: YamlNode, context: ReadContext, skip?: Skip): void {
  eachText(node, (text, place) => readTemplate(text, place, context), skip);
}

/** The placeholders of one text, which stands at a node of the file. */
export function readTemplate(value: string, node: { at: number; end: number }, context: ReadContext): void {
  if (!value.includes("${")) return;
  const template = parseTemplate(value);
  const whole = isWholePlaceholder(template);
  let from = node.at;
  for (const part of template) {
    if (typeof part === "string") continue;
    const found = context.text.indexOf(`\${${part.text}}`, from);
    const at = found >= 0 && found < node.end ? found : node.at;
    if (found >= 0 && found < node.end) from = found + 1;
    const { parameter } = context;
    if ("env" in part.source) context.environment.push({ name: part.source.env, at, parameter });
    else {
      const mayBeMissing = part.fallback !== undefined;
      context.paths.push({ path: part.source.path, at, parameter, how: "template", mayBeMissing, whole });
    }
  }
}

/** The fields of conditions anywhere inside a value, and the templates they compare with. */
export function readConditions(node: YamlNode, context: ReadContext, skip?: Skip): void {
  const read = ({ field, op, value }: ConditionNode) => {
    readPathText(field, context, "condition", op);
    if (value) readTemplates(value, context);
  };
  eachCondition(node, read, skip);
}

/** A path, or each path of a list. */
export function readPaths(
  node: YamlNode,
  context: ReadContext,
  how: "path" | "input" | "result" = "path",
): void {
  eachOf(node, (one) => readPathText(one, context, how));
}

function readPathText(
  { value, at }: ConditionNode["field"],
  { paths, parameter }: ReadContext,
  how: PathRead["how"],
  op?: unknown,
): void {
  const mayBeMissing = how === "condition" && ASKS_FOR_ABSENCE.includes(String(op));
  paths.push({
    path: parsePath(value),
    at,
    parameter,
    how,
    mayBeMissing,
    whole: true,
    ...(how === "condition" && { op: String(op) as NonNullable<PathRead["op"]> }),
  });
}
