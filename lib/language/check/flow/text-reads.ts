import type { Json } from "../../../core/json.ts";
import { parsePath } from "../../../core/path.ts";
import { isWholePlaceholder, parseTemplate } from "../../../core/template.ts";
import { child, childrenOf, isMapping, type YamlNode } from "../../yaml-node.ts";
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
export function readTemplates(
  node: YamlNode,
  context: ReadContext,
  skip?: (path: readonly string[]) => boolean,
  path: readonly string[] = [],
): void {
  if (skip?.(path)) return;
  if (typeof node.value === "string") readTemplate(node.value, node, context);
  for (const [key, inner] of childrenOf(node)) readTemplates(inner, context, skip, [...path, key]);
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
export function readConditions(
  node: YamlNode,
  context: ReadContext,
  skip?: (path: readonly string[]) => boolean,
  path: readonly string[] = [],
): void {
  if (skip?.(path)) return;
  const field = isMapping(node) ? child(node, "field") : undefined;
  if (typeof field?.value !== "string") {
    for (const [key, inner] of childrenOf(node)) readConditions(inner, context, skip, [...path, key]);
    return;
  }
  const op = (child(node, "op") ?? child(node, "operator"))?.value;
  readPathText(field, context, "condition", op);
  const value = child(node, "value");
  if (value) readTemplates(value, context);
}

/** A path, or each path of a list. */
export function readPaths(
  node: YamlNode,
  context: ReadContext,
  how: "path" | "input" | "result" = "path",
): void {
  if (typeof node.value === "string") readPathText(node, context, how);
  for (const item of node.items ?? []) readPaths(item, context, how);
}

function readPathText(node: YamlNode, context: ReadContext, how: PathRead["how"], op?: Json): void {
  const mayBeMissing = how === "condition" && ASKS_FOR_ABSENCE.includes(String(op));
  context.paths.push({
    path: parsePath(String(node.value)),
    at: node.at,
    parameter: context.parameter,
    how,
    mayBeMissing,
    whole: true,
    ...(how === "condition" && { op: String(op) as NonNullable<PathRead["op"]> }),
  });
}
