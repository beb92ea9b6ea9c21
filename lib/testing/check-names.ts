import type { Workflow } from "../core/workflow.ts";
import { nameHint } from "../language/nearest-name.ts";
import type { ProblemLog } from "../language/problem-log.ts";
import { child, type YamlNode } from "../language/yaml-node.ts";
import { stepTypes } from "../steps/registry.ts";
import { looksLikeCall } from "./made-call.ts";
import { nodesOf } from "./workflow-places.ts";

/** A step's place in a run, e.g. `3.items.1.0`. */
const PLACE = /^(?:on_failure\.)?\d+(?:\.|$)/;

/** A part of the file that may name something. */
type Named = Pick<YamlNode, "value" | "at"> | undefined;

/**
 * Reports ids of steps and names of the environment that the workflow does not have. One whose steps start runs is not
 * checked: what those have is not known here.
 */
export function checkNames(root: YamlNode, workflow: Workflow, problems: ProblemLog): void {
  const nodes = nodesOf(workflow).map(({ node }) => node);
  if (nodes.some(({ type }) => stepTypes.get(type)?.startsRuns)) return;
  const ids = nodes.map(({ id }) => id);
  const names = workflow.environment.map(({ name }) => name);
  const report = (at: number, message: string, hint: string | undefined) =>
    problems.error("wrong-value", at, `${workflow.file} ${message}`, hint);
  const checkStep = (node: Named): void => {
    if (typeof node?.value !== "string" || ids.includes(node.value) || PLACE.test(node.value)) return;
    report(node.at, `has no step "${node.value}"`, nameHint(node.value, ids));
  };
  const checkGiven = (given: YamlNode | undefined): void => {
    for (const answer of partOf(given, "answers")?.items ?? []) checkStep(child(answer, "step"));
    for (const [name, { keyAt }] of partOf(given, "environment")?.entries ?? [])
      if (!names.includes(name)) report(keyAt, `does not read "${name}"`, nameHint(name, names));
  };
  checkGiven(child(root, "defaults"));
  for (const one of child(root, "cases")?.items ?? []) {
    checkGiven(child(one, "given"));
    for (const step of stepsIn(child(one, "expect"))) checkStep(step);
  }
}

/** What names a step in an expectation. */
function stepsIn(expected: YamlNode | undefined): readonly Named[] {
  const calls = partOf(expected, "calls");
  const listed = [partOf(calls, "exactly") ?? calls, partOf(expected, "not_called")];
  return [
    ...[...(partOf(expected, "steps")?.entries ?? [])].map(([value, { keyAt: at }]) => ({ value, at })),
    partOf(partOf(expected, "error"), "step"),
    ...listed
      .flatMap((list) => list?.items ?? [])
      .map((call) => (typeof call.value === "string" ? call : child(call, "step")))
      .filter((step) => typeof step?.value === "string" && !looksLikeCall(step.value)),
  ];
}

function partOf(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return node && child(node, key);
}
