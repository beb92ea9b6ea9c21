import { checkComparison, OPERATORS } from "../core/condition.ts";
import { FlowError } from "../core/flow-error.ts";
import { parsePath } from "../core/path.ts";
import { placeholdersIn } from "../core/template.ts";
import type { EnvironmentReads } from "./environment-reads.ts";
import type { LoaderRule } from "./loader-rules.ts";
import type { ProblemLog } from "./problem-log.ts";
import { type ConditionNode, eachCondition, eachOf, eachText, type Skip } from "./walk-values.ts";
import type { YamlNode } from "./yaml-node.ts";

/** Where the checks of texts report to. */
export interface TextCheck {
  readonly problems: ProblemLog;
  readonly reads: EnvironmentReads;
  readonly beside: ReadBeside;
}

/** The text of a file beside the workflow's; undefined when there is none that can be read. */
export type ReadBeside = (name: string) => string | undefined;

/** Runs a check of core that throws, and reports its sentence at a place. True when nothing was thrown. */
export function reportThrown(id: LoaderRule, at: number, problems: ProblemLog, check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    problems.error(id, at, error.message);
    return false;
  }
}

/** Checks every template inside a value and notes the names of the environment it reads. `skip` leaves parts out. */
export function checkTemplates(node: YamlNode, { problems, reads }: TextCheck, skip?: Skip): void {
  const check = (text: string, { at }: YamlNode) => {
    if (!text.includes("${")) return;
    reportThrown("template-syntax", at, problems, () => {
      for (const { source, fallback } of placeholdersIn(text)) {
        if ("env" in source) reads.byFile(source.env, fallback !== undefined, at);
      }
    });
  };
  eachText(node, check, skip);
}

/** Checks a path, or each path of a list. */
export function checkPaths(node: YamlNode | undefined, problems: ProblemLog): void {
  if (node)
    eachOf(node, ({ value, at }) => reportThrown("path-syntax", at, problems, () => parsePath(value)));
}

/** Checks the fields, patterns and templates of conditions anywhere inside a value. */
export function checkConditions(node: YamlNode, check: TextCheck, skip?: Skip): void {
  eachCondition(node, (condition) => checkCondition(condition, check), skip);
}

function checkCondition({ field, op: spelt, value }: ConditionNode, check: TextCheck): void {
  const { problems } = check;
  if (value) checkTemplates(value, check);
  const op = OPERATORS.find((one) => one === spelt);
  const isPath = reportThrown("path-syntax", field.at, problems, () => parsePath(field.value));
  if (!isPath || op === undefined || !value) return;
  const comparison = { field: field.value, op, value: value.value };
  reportThrown("pattern-syntax", value.at, problems, () => checkComparison(comparison));
}
