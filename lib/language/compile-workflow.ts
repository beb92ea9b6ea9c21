import { isSource } from "../core/source-input.ts";
import type { AnyStep } from "../core/step.ts";
import type { Input, StepNode, Workflow } from "../core/workflow.ts";
import { readChangelog } from "./changelog.ts";
import { checkPlainNames } from "./check-plain-names.ts";
import { checkSchema } from "./check-schema.ts";
import { checkPaths, checkTemplates, type TextCheck } from "./check-text.ts";
import { compileEnvironment } from "./compile-environment.ts";
import { compileInput } from "./compile-input.ts";
import { checkSharedKeys, compileSteps } from "./compile-steps.ts";
import { contentHash } from "./content-hash.ts";
import { createEnvironmentReads } from "./environment-reads.ts";
import { type FileKeys, fileKeys, inputKeys } from "./file-keys.ts";
import type { ProblemLog } from "./problem-log.ts";
import { createStepIds } from "./step-ids.ts";
import { type SharedKeys, sharedKeys } from "./step-keys.ts";
import { workflowNameFrom } from "./workflow-name.ts";
import { child, nearestNode, type YamlNode } from "./yaml-node.ts";

const INPUT_KEYS: ReadonlyMap<string, string> = new Map(
  Object.keys(inputKeys.http_webhook.shape).map((key) => [key, "input"]),
);

/** Compiles the mapping with a workflow's keys; undefined when too little of it is right. Faults go to `problems`. */
export function compileWorkflow(
  node: YamlNode,
  text: string,
  file: string,
  types: ReadonlyMap<string, AnyStep>,
  { problems, beside }: Pick<TextCheck, "problems" | "beside">,
  origins: Map<StepNode, YamlNode>,
): Workflow | undefined {
  const reads = createEnvironmentReads();
  const check: TextCheck = { problems, reads, beside };
  const keys = checkSchema(fileKeys, node, { what: "the workflow", elsewhere: INPUT_KEYS }, problems);
  const name = keys?.name ?? nameFromFile(node, file, problems);
  const input = compileInput(child(node, "input"), check);
  if (keys && input) checkWindow(input, keys, node, problems);
  const { steps, onFailure } = compileLists(node, types, check, origins);
  const output = child(node, "output");
  if (output) checkTemplates(output, check);
  checkPaths(child(child(node, "history") ?? node, "redact"), problems);
  const environment = compileEnvironment(node, reads, problems);
  const source = input && isSource(input) ? child(node, "input") : undefined;
  if (source && environment) checkPlainNames(source, environment, problems);
  if (!keys || !input || !environment || name === undefined) return undefined;
  const stages = stagesOf(keys, node, problems);
  const workflow = {
    name,
    ...(keys.version !== undefined && { version: keys.version }),
    ...(keys.description !== undefined && { description: keys.description }),
    ...(stages && { stages }),
    ...(keys.rollout !== undefined && { rolloutPercent: Number.parseFloat(keys.rollout) }),
    environment,
    input,
    steps,
    onFailure,
    ...(output && { output: output.value }),
    timeoutSeconds: keys.timeout,
    strict: keys.strict,
    history: { retentionDays: keys.history.retention_days, redact: keys.history.redact },
    changelog: readChangelog(text),
    file,
    source: text,
  };
  return { ...workflow, hash: contentHash(workflow) };
}

/** A run must be there as long as deliveries are told of it. */
function checkWindow(input: Input, { history }: FileKeys, node: YamlNode, problems: ProblemLog): void {
  if (input.type !== "http_webhook" || !input.dedupe) return;
  const { windowSeconds } = input.dedupe;
  if (windowSeconds <= history.retention_days * 86_400) return;
  problems.error(
    "wrong-value",
    nearestNode(node, ["input", "dedupe", "window"]).at,
    `dedupe: the window of ${windowSeconds} s is longer than the ${history.retention_days} days that runs are kept`,
    "make it shorter, or history.retention_days longer",
  );
}

/** Compiles `steps` and `on_failure` in the order of the file, in which default ids are numbered. */
function compileLists(
  node: YamlNode,
  types: ReadonlyMap<string, AnyStep>,
  check: TextCheck,
  origins: Map<StepNode, YamlNode>,
): { steps: readonly StepNode[]; onFailure: readonly StepNode[] } {
  const { problems } = check;
  const defaults = defaultsOf(node, check);
  const shared = { ...check, types, ids: createStepIds(problems), defaults, origins };
  const [steps, onFailure] = [child(node, "steps"), child(node, "on_failure")];
  if (!steps) {
    problems.error(
      "missing-key",
      node.at,
      'the workflow: "steps" is missing, expected a list of steps',
      "steps: [] does nothing",
    );
  }
  const compileMain = () => (steps ? compileSteps(steps, "steps", { ...shared, inOnFailure: false }) : []);
  const compileFailure = () =>
    onFailure ? compileSteps(onFailure, "on_failure", { ...shared, inOnFailure: true }) : [];
  if (steps && onFailure && onFailure.at < steps.at) {
    const failure = compileFailure();
    return { steps: compileMain(), onFailure: failure };
  }
  return { steps: compileMain(), onFailure: compileFailure() };
}

function defaultsOf(node: YamlNode, check: TextCheck): SharedKeys {
  const defaults = child(node, "defaults");
  if (!defaults || defaults.value === null) return {};
  checkSharedKeys(defaults, check, false);
  return checkSchema(sharedKeys, defaults, { what: "defaults" }, check.problems) ?? {};
}

/** The file's base name, made to fit where only spelling is in the way. */
function nameFromFile({ at }: YamlNode, file: string, problems: ProblemLog): string | undefined {
  const base = file.replace(/^.*[/\\]/s, "").replace(/\.ya?ml$/i, "");
  const name = workflowNameFrom(base);
  if (name !== undefined) return name;
  problems.error(
    "missing-key",
    at,
    `the workflow has no name, and its file's name "${base}" cannot serve as one`,
    "add name: my-workflow",
  );
  return undefined;
}

function stagesOf(
  { stage, stages }: FileKeys,
  node: YamlNode,
  problems: ProblemLog,
): readonly string[] | undefined {
  if (stage !== undefined && stages !== undefined) {
    const at = node.entries?.get("stages")?.keyAt ?? node.at;
    problems.error(
      "conflicting-keys",
      at,
      "found both stage and stages, expected one of them",
      "keep stages, with a list",
    );
  }
  const given = stages ?? stage;
  return typeof given === "string" ? [given] : given;
}
