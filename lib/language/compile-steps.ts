import { isObject, type JsonObject } from "../core/json.ts";
import type { AnyStep } from "../core/step.ts";
import type { StepNode } from "../core/workflow.ts";
import { checkCache } from "./check-cache.ts";
import { checkDistributed } from "./check-distributed.ts";
import { checkSchema } from "./check-schema.ts";
import { checkTarget } from "./check-target.ts";
import { checkConditions, checkPaths, checkTemplates, reportThrown, type TextCheck } from "./check-text.ts";
import { commonSettings } from "./common-settings.ts";
import { describeValue } from "./describe-issue.ts";
import { nameHint, nearestName } from "./nearest-name.ts";
import { isOwnKey, ownParameters } from "./own-parameters.ts";
import type { StepIds } from "./step-ids.ts";
import { type SharedKeys, STEP_KEY_NAMES, type StepKeys, stepKeys } from "./step-keys.ts";
import { isMapping, type YamlNode } from "./yaml-node.ts";

/** What the steps of one file share while they are compiled. */
export interface StepsContext extends TextCheck {
  readonly types: ReadonlyMap<string, AnyStep>;
  readonly ids: StepIds;
  /** The file's `defaults`. */
  readonly defaults: SharedKeys;
  readonly inOnFailure: boolean;
  /** Collects where each compiled step stands. */
  readonly origins: Map<StepNode, YamlNode>;
}

/** Compiles a list of steps; steps with faults are reported and left out. Nothing under the key is an empty list. */
export function compileSteps(list: YamlNode, what: string, context: StepsContext): readonly StepNode[] {
  if (list.value === null) return [];
  if (!list.items) {
    context.problems.error(
      "wrong-type",
      list.at,
      `${what}: found ${describeValue(list.value)}, expected a list of steps`,
    );
    return [];
  }
  return list.items.map((item) => compileStep(item, context)).filter((step) => step !== undefined);
}

function compileStep(node: YamlNode, context: StepsContext): StepNode | undefined {
  const definition = definitionOf(node, context);
  if (!definition || !isMapping(node)) return undefined;
  const { problems } = context;
  const given = isOwnKey("id", definition) ? undefined : node.entries.get("id")?.node;
  const id = context.ids.claim(definition.type, given, node.at);
  const common = checkCommonKeys(node, definition, context);
  const { params, blocks } = ownParameters(node, definition, context);
  const compiled = blocks
    .map((block) => ({ ...block, at: block.list.at }))
    .sort((a, b) => a.at - b.at)
    .map(({ label, list }) => [label, compileSteps(list, label, context)] as const);
  const step: StepNode = {
    type: definition.type,
    id,
    line: problems.lineOf(node.at),
    ...commonSettings(common ?? { type: definition.type }, context.defaults, definition),
    params,
    blocks: Object.fromEntries(compiled),
  };
  context.origins.set(step, node);
  if (blocks.some(({ distributed }) => distributed)) checkDistributed(step, node, context);
  return step;
}

function definitionOf(node: YamlNode, { types, problems }: StepsContext): AnyStep | undefined {
  if (!isMapping(node)) {
    const hint =
      typeof node.value === "string" && types.has(node.value) ? `write { type: ${node.value} }` : undefined;
    problems.error(
      "wrong-type",
      node.at,
      `found ${describeValue(node.value)}, expected a step: a mapping with the key type`,
      hint,
    );
    return undefined;
  }
  const type = node.entries.get("type")?.node;
  if (!type) {
    const named = [...node.entries.keys()].find((key) => types.has(key));
    const hint = named === undefined ? "add type: and one of the step types" : `write type: ${named}`;
    problems.error("missing-key", node.at, 'the step has no "type"', hint);
    return undefined;
  }
  const definition = typeof type.value === "string" ? types.get(type.value) : undefined;
  if (definition) return definition;
  if (typeof type.value === "string") {
    const near = nearestName(type.value, types.keys());
    problems.error(
      "unknown-step",
      type.at,
      `unknown step type "${type.value}"`,
      nameHint(type.value, [...types.keys()]),
      near === undefined ? undefined : problems.replacing(type.at, type.value, near),
    );
  } else
    problems.error(
      "wrong-type",
      type.at,
      `type: found ${describeValue(type.value)}, expected the name of a step type`,
    );
  return undefined;
}

function checkCommonKeys(node: YamlNode, definition: AnyStep, context: StepsContext): StepKeys | undefined {
  const { problems } = context;
  const value = commonKeysOf(node, definition);
  const common = checkSchema(stepKeys, node, { value, what: definition.type }, problems);
  checkSharedKeys(node, context, context.inOnFailure);
  const keys = { ...(definition.effect && context.defaults), ...common };
  if (definition.inputRequired && value.input_from === undefined && keys.input_from === undefined) {
    problems.error(
      "missing-key",
      node.at,
      `${definition.type}: "input_from" is missing, expected the path of a value`,
    );
  }
  if (common?.raw_on_error && keys.swallow_on_error !== true && keys.retry_propagate !== false) {
    const at = node.entries?.get("raw_on_error")?.keyAt ?? node.at;
    problems.warn(
      "ineffective-key",
      at,
      "raw_on_error does nothing here",
      "it needs swallow_on_error: true beside it",
    );
  }
  if (common) checkCache(node, common, definition, problems);
  return common;
}

function commonKeysOf({ value }: YamlNode, definition: AnyStep): JsonObject {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => STEP_KEY_NAMES.includes(key) && !isOwnKey(key, definition)),
  );
}

/** Checks what a schema cannot, of the keys that a step and the file's `defaults` share: paths, targets, conditions. */
export function checkSharedKeys(node: YamlNode, check: TextCheck, inOnFailure: boolean): void {
  const { problems } = check;
  const keys = node.entries;
  checkPaths(keys?.get("input_from")?.node, problems);
  const [output, inject] = [keys?.get("output_to")?.node, keys?.get("inject")?.node];
  for (const target of [output, inject]) {
    const text = target?.value;
    if (target && typeof text === "string") {
      reportThrown("refused-target", target.at, problems, () => checkTarget(text, inOnFailure));
    }
  }
  if (output && typeof inject?.value === "string" && inject.value !== output.value) {
    const targets = `"${inject.value}" and ${JSON.stringify(output.value)}`;
    problems.error(
      "conflicting-keys",
      inject.at,
      `inject and output_to name two targets, ${targets}`,
      "keep output_to",
    );
  }
  const when = keys?.get("when")?.node;
  if (when) checkConditions(when, check);
  const key = keys?.get("cache")?.node.entries?.get("key")?.node;
  if (key) checkTemplates(key, check);
}
