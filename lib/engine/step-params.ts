import { FlowError } from "../core/flow-error.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { renderSoql } from "../core/soql-template.ts";
import type { AnyStep } from "../core/step.ts";
import { type Lookup, parseTemplate, renderDeep } from "../core/template.ts";
import { renderUrl } from "../core/url-template.ts";
import type { StepNode } from "../core/workflow.ts";

// Parameters without templates are the same every time: a step in a loop checks them once.
const constant = new WeakMap<StepNode, unknown>();

/**
 * A step's parameters, templates resolved and checked against its schema.
 * @throws FlowError `invalid_input` naming the parameter that does not fit.
 */
export function stepParams(node: StepNode, definition: AnyStep, lookup: Lookup): unknown {
  if (constant.has(node)) return constant.get(node);
  const params = checked(renderParams(node, definition, lookup), node, definition);
  if (Object.keys(templatedParams(node, definition)).length === 0) constant.set(node, params);
  return params;
}

/** A step's parameters with templates resolved, as yet unchecked. */
export function renderParams(node: StepNode, definition: AnyStep, lookup: Lookup): JsonObject {
  const rendered = Object.entries(templatedParams(node, definition)).map(
    ([name, value]) => [name, renderParam(name, value, definition, lookup)] as const,
  );
  return { ...node.params, ...Object.fromEntries(rendered) };
}

const templated = new WeakMap<StepNode, JsonObject>();

/** Those of a step's parameters that hold placeholders; looked for once. */
export function templatedParams(node: StepNode, definition: AnyStep): JsonObject {
  const known = templated.get(node);
  if (known) return known;
  const found = Object.fromEntries(
    Object.entries(node.params).filter(
      ([name, value]) => !isLiteral(name, definition) && hasPlaceholder(value),
    ),
  );
  templated.set(node, found);
  return found;
}

/** The parameters with the n-th of the step's alternatives in its place (0: as they are), and whether there are more. */
export function withAlternative(
  params: unknown,
  { alternatives }: AnyStep,
  n: number,
): { readonly params: unknown; readonly more: boolean } {
  const list = alternatives && (params as Record<string, unknown>)[alternatives.from];
  if (!Array.isArray(list)) return { params, more: false };
  const more = n < list.length;
  return n === 0
    ? { params, more }
    : { params: { ...(params as object), [alternatives?.parameter ?? ""]: list[n - 1] }, more };
}

function checked(raw: JsonObject, node: StepNode, definition: AnyStep): unknown {
  const result = definition.schema.safeParse(raw);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path, message }) => `${path.join(".") || "parameters"}: ${message}`,
  );
  throw new FlowError(
    "invalid_input",
    `the parameters of ${node.id} do not fit once its templates are filled in: ${problems.join("; ")}`,
  );
}

function isLiteral(name: string, { untemplated, conditions, paths, assignments }: AnyStep): boolean {
  return [untemplated, conditions, paths, assignments].some((names) => names?.includes(name));
}

function hasPlaceholder(value: Json): boolean {
  if (typeof value === "string") return value.includes("${");
  return typeof value === "object" && value !== null && Object.values(value).some(hasPlaceholder);
}

function renderParam(name: string, value: Json, definition: AnyStep, lookup: Lookup): Json {
  if (typeof value === "string" && definition.urls?.includes(name))
    return renderUrl(parseTemplate(value), lookup);
  if (typeof value === "string" && definition.soql?.includes(name))
    return renderSoql(parseTemplate(value), lookup);
  return renderDeep(value, lookup);
}
