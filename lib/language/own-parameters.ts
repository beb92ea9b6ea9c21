import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { deletePath } from "../core/path.ts";
import type { AnyStep, BlockPlace } from "../core/step.ts";
import { parseTemplate } from "../core/template.ts";
import { checkSchema } from "./check-schema.ts";
import { checkTarget, checkVariable } from "./check-target.ts";
import { checkConditions, checkPaths, checkTemplates, reportThrown, type TextCheck } from "./check-text.ts";
import { parametersOf } from "./json-schema.ts";
import { STEP_KEY_NAMES } from "./step-keys.ts";
import { isMapping, nearestNode, nodeAt, type YamlNode } from "./yaml-node.ts";

/** A nested list of steps as it stands in the file. */
export interface Block {
  readonly label: string;
  readonly list: YamlNode;
  /** Its steps run in runs of their own. */
  readonly distributed?: true;
}

/** Common keys that a step type may have as parameters of its own: `filter` drops by itself, `salesforce` reads by id, `run_workflow` by name. */
const MAY_BE_OWN = ["drop_on_failure", "id", "name"];

/** True for a key that belongs to the step type itself although every step has one of that name. */
export function isOwnKey(key: string, definition: AnyStep): boolean {
  return (
    !STEP_KEY_NAMES.includes(key) || (MAY_BE_OWN.includes(key) && parametersOf(definition.schema).has(key))
  );
}

/** True for a parameter whose value may be a template as a whole. */
export function takesTemplates(name: string, definition: AnyStep): boolean {
  const { conditions = [], paths = [], untemplated = [], nested = [] } = definition;
  const literal = [...conditions, ...paths, ...untemplated, ...nested.map(({ at: [head] }) => head)];
  return !literal.includes(name);
}

/** Checks a step's own parameters; gives them without nested steps and with templates for absent ones, and the blocks. */
export function ownParameters(
  node: YamlNode,
  definition: AnyStep,
  check: TextCheck & { readonly inOnFailure: boolean },
): { readonly params: JsonObject; readonly blocks: readonly Block[] } {
  const { problems } = check;
  const raw: JsonObject = Object.fromEntries(
    Object.entries(isObject(node.value) ? node.value : {}).filter(([key]) => isOwnKey(key, definition)),
  );
  const places = definition.blocks?.(raw) ?? [];
  const params = withTemplates(withoutBlocks(raw, places), definition, check);
  const before = problems.errorCount();
  const known = [...STEP_KEY_NAMES, ...places.map(({ at }) => String(at[0]))];
  checkSchema(
    definition.schema,
    node,
    {
      value: params,
      what: definition.type,
      templated: (name) => takesTemplates(name, definition),
      known,
    },
    problems,
  );
  const blocks = blocksAt(node, places, definition.type, problems.errorCount() === before, check);
  checkTexts(node, raw, places, definition, check);
  const faults = definition.check?.(raw) ?? [];
  for (const { at, message } of faults) {
    const label = at.length === 0 ? definition.type : at.join(".");
    problems.error("wrong-parameters", nearestNode(node, at).at, `${label}: ${message}`);
  }
  if (blocks.length > 0 && !faults.some(({ at }) => at[0] === "var")) checkLoopVariable(node, check);
  return { params, blocks };
}

function withoutBlocks(raw: JsonObject, places: readonly BlockPlace[]): JsonObject {
  const rest = places.reduce<Json>((params, { at }) => deletePath(params, at.map(String)), raw);
  return isObject(rest) ? rest : {};
}

/** Fills in the parameters that default to a template, and notes what those read. */
function withTemplates(params: JsonObject, definition: AnyStep, { reads }: TextCheck): JsonObject {
  const { templates = {}, environment = [] } = definition;
  const absent = Object.entries(templates).filter(
    ([name]) => !Object.hasOwn(params, name) && (definition.takesTemplate?.(name, params) ?? true),
  );
  for (const [, text] of absent) {
    for (const part of parseTemplate(text)) {
      if (typeof part === "string" || !("env" in part.source)) continue;
      const { env } = part.source;
      const secret = environment.find(({ name }) => name === env)?.secret ?? true;
      reads.byStep(env, part.fallback !== undefined, secret);
    }
  }
  return { ...params, ...Object.fromEntries(absent) };
}

function blocksAt(
  node: YamlNode,
  places: readonly BlockPlace[],
  type: string,
  schemaFits: boolean,
  { problems }: TextCheck,
): Block[] {
  return places.flatMap(({ label, at, required, distributed }) => {
    const list = nodeAt(node, at);
    if (list) return [{ label, list, ...(distributed && { distributed }) }];
    // A parent that is missing or no mapping was reported as such, unless the schema lets it be so.
    if (required && (schemaFits || isMapping(nodeAt(node, at.slice(0, -1))))) {
      problems.error(
        "missing-key",
        nearestNode(node, at).at,
        `${type}: "${at.join(".")}" is missing, expected a list of steps`,
      );
    }
    return [];
  });
}

/** Checks templates, paths and conditions of the parameters, nested steps left out. */
function checkTexts(
  node: YamlNode,
  raw: JsonObject,
  places: readonly BlockPlace[],
  definition: AnyStep,
  check: TextCheck & { readonly inOnFailure: boolean },
): void {
  const { conditions = [], paths = [], untemplated = [], assignments = [] } = definition;
  const inBlocks = new Set(places.map(({ at }) => at.join("\n")));
  for (const name of Object.keys(raw)) {
    const parameter = nodeAt(node, [name]);
    if (!parameter) continue;
    const skip = (path: readonly string[]) => inBlocks.has([name, ...path].join("\n"));
    if (definition.environmentNames?.includes(name)) noteNames(parameter, check);
    if (conditions.includes(name)) checkConditions(parameter, check, skip);
    else if (paths.includes(name)) checkPaths(parameter, check.problems);
    else if (!untemplated.includes(name)) checkTemplates(parameter, check, skip);
    if (assignments.includes(name)) checkTargets(parameter, check);
  }
}

/** The keys of a mapping are paths that are written. */
function checkTargets(node: YamlNode, check: TextCheck & { readonly inOnFailure: boolean }): void {
  for (const [path, { keyAt }] of node.entries ?? [])
    reportThrown("refused-target", keyAt, check.problems, () => checkTarget(path, check.inOnFailure));
}

/** What a step with nested steps binds for them under `var` must be a name they can read. */
function checkLoopVariable(node: YamlNode, check: TextCheck & { readonly inOnFailure: boolean }): void {
  const variable = nodeAt(node, ["var"]);
  const name = variable?.value;
  if (variable && typeof name === "string") {
    reportThrown("refused-target", variable.at, check.problems, () => checkVariable(name, check.inOnFailure));
  }
}

/** Names that a step reads without a placeholder. */
function noteNames({ items = [] }: YamlNode, { reads }: TextCheck): void {
  for (const { value, at } of items) if (typeof value === "string") reads.byFile(value, false, at);
}
