import type { Json } from "../../../core/json.ts";
import type { AnyStep, BlockPlace } from "../../../core/step.ts";
import type { StepNode } from "../../../core/workflow.ts";
import { child, nodeAt, type YamlNode } from "../../yaml-node.ts";
import {
  type ReadContext,
  readConditions,
  readPaths,
  readTemplate,
  readTemplates,
  type TextReads,
} from "./text-reads.ts";

/** What a step itself reads: its parameters, `when` and `input_from`; nested steps are left out. */
export function stepReads(
  { params, inputFrom }: StepNode,
  node: YamlNode,
  definition: AnyStep,
  places: readonly BlockPlace[],
  text: string,
): TextReads {
  const reads: TextReads = { paths: [], environment: [] };
  const { conditions = [], paths = [], untemplated = [], environmentNames = [] } = definition;
  const left = new Set(
    places.flatMap(({ at, resultAt }) => [at, ...(resultAt ? [resultAt] : [])]).map(keyOf),
  );
  const typeNode = child(node, "type") ?? node;
  for (const [parameter, value] of Object.entries(params)) {
    const context: ReadContext = { ...reads, text, parameter };
    const own = child(node, parameter);
    const skip = (path: readonly string[]) => left.has(keyOf([parameter, ...path]));
    if (!own) readDefault(value, typeNode, context);
    else if (environmentNames.includes(parameter)) readNames(own, context);
    else if (conditions.includes(parameter)) readConditions(own, context, skip);
    else if (paths.includes(parameter)) {
      if (!skip([])) readPaths(own, context);
    } else if (!untemplated.includes(parameter)) readTemplates(own, context, skip);
  }
  const when = child(node, "when");
  if (when) readConditions(when, { ...reads, text, parameter: "when" });
  const cacheKey = nodeAt(node, ["cache", "key"]);
  if (cacheKey) readTemplates(cacheKey, { ...reads, text, parameter: "cache" });
  const input =
    child(node, "input_from") ?? (inputFrom === undefined ? undefined : { ...typeNode, value: inputFrom });
  if (input) readPaths(input, { ...reads, text, parameter: "input_from" }, "input");
  return reads;
}

/** The path that is read where a block ends. */
export function blockResult(
  node: YamlNode,
  { resultAt }: BlockPlace,
  text: string,
): TextReads["paths"][number] | undefined {
  const result = resultAt && nodeAt(node, resultAt);
  if (typeof result?.value !== "string") return undefined;
  const reads: TextReads = { paths: [], environment: [] };
  readPaths(result, { ...reads, text, parameter: "result_from" }, "result");
  return reads.paths[0];
}

function readDefault(value: Json, node: YamlNode, context: ReadContext): void {
  if (typeof value === "string") readTemplate(value, node, context);
}

function readNames({ items = [] }: YamlNode, { environment, parameter }: ReadContext): void {
  for (const { value, at } of items)
    if (typeof value === "string") environment.push({ name: value, at, parameter });
}

function keyOf(path: readonly (string | number)[]): string {
  return path.join("\n");
}
