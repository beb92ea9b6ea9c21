import type { AnyStep } from "../../core/step.ts";
import type { Workflow } from "../../core/workflow.ts";
import { stepTypes } from "../../steps/registry.ts";
import { loadFile } from "../load-workflow.ts";
import { LOADER_RULES } from "../loader-rules.ts";
import type { Problem } from "../problem.ts";
import type { CheckServices, Rule } from "../rule.ts";
import type { YamlNode } from "../yaml-node.ts";
import { type ChecklistItem, checklistOf } from "./checklist.ts";
import { buildFlow } from "./flow/build-flow.ts";
import { createReaders } from "./flow/readers.ts";
import { resolveReads } from "./flow/resolve-reads.ts";
import { literalSecret } from "./rules/literal-secret.ts";
import { RULES } from "./rules.ts";
import { type FoundSecret, findSecrets } from "./secrets/find-secrets.ts";
import { guessSecrets } from "./secrets/guess-secrets.ts";
import { verifySecrets } from "./secrets/verify-secrets.ts";
import { readSuppressions } from "./suppressions.ts";

/** What there is to say about a workflow file. */
export interface CheckResult {
  readonly file: string;
  /** Absent when something in the file is an error of the language. */
  readonly workflow?: Workflow;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
  /** Problems that comments of the file switched off. */
  readonly switchedOff: number;
  readonly checklist: readonly ChecklistItem[];
}

/** Loads a workflow file and judges it by every rule; asks the world through `services` only. Never throws for what a file holds. */
export async function checkWorkflow(
  text: string,
  file: string,
  services: CheckServices = {},
  types: ReadonlyMap<string, AnyStep> = stepTypes,
): Promise<CheckResult> {
  const { text: plain, root, workflow, origins, problems } = loadFile(text, file, types, services.beside);
  const secrets = secretsIn(plain, root, types);
  problems.hide(secrets);
  const add = async (rule: Rule, findings: ReturnType<Rule["check"]>) => {
    for await (const found of findings) problems.add({ id: rule.id, severity: rule.severity, ...found });
  };
  if (workflow && root) {
    const flow = buildFlow(workflow, root, { text: plain, origins, types });
    const [reads, readers] = [resolveReads(flow), createReaders(flow)];
    const { lineOf } = problems;
    const checked = { text: plain, root, workflow, flow, reads, readers, secrets, services, lineOf };
    for (const rule of RULES) await add(rule, rule.check(checked));
  } else await add(literalSecret, literalSecret.check({ text: plain, secrets }));
  const suppressions = readSuppressions(plain, isRule, problems.lineOf);
  // What keeps a file from loading is no matter of opinion.
  const switchedOff = problems.remove(
    ({ id, severity, at }) =>
      !(severity === "error" && Object.hasOwn(LOADER_RULES, id)) &&
      suppressions.covers(id, problems.lineOf(at)),
  );
  for (const note of suppressions.unknown) problems.add(note);
  const checklist = checklistOf(problems, workflow !== undefined, services);
  return { file, ...(workflow && { workflow }), problems: problems.sorted(), switchedOff, checklist };
}

function isRule(id: string): boolean {
  return Object.hasOwn(LOADER_RULES, id) || RULES.some((rule) => rule.id === id);
}

function secretsIn(
  text: string,
  root: YamlNode | undefined,
  types: ReadonlyMap<string, AnyStep>,
): readonly FoundSecret[] {
  // In programs and prose, what looks random is something else.
  const passedOver = [...types.values()].flatMap(({ facts = {} }) => [
    ...(facts.told ?? []),
    ...Object.keys(facts.programs ?? {}),
  ]);
  const found = [...findSecrets(text)];
  const more = root ? [...verifySecrets(root), ...guessSecrets(root, text, passedOver)] : [];
  for (const one of more) if (!found.some(({ at, end }) => at < one.end && one.at < end)) found.push(one);
  return found;
}
