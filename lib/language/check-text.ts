import { checkComparison, OPERATORS } from "../core/condition.ts";
import { FlowError } from "../core/flow-error.ts";
import { parsePath } from "../core/path.ts";
import { placeholdersIn } from "../core/template.ts";
import type { EnvironmentReads } from "./environment-reads.ts";
import type { LoaderRule } from "./loader-rules.ts";
import type { ProblemLog } from "./problem-log.ts";
import { child, childrenOf, isMapping, type YamlNode } from "./yaml-node.ts";

/** Where the checks of texts report to. */
export interface TextCheck {
  readonly problems: ProblemLog;
  readonly reads: EnvironmentReads;
}

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
export function checkTemplates(
  node: YamlNode,
  check: TextCheck,
  skip?: (path: readonly string[]) => boolean,
): void {
  visit(
    node,
    [],
    (text, { at }) => {
      if (!text.includes("${")) return;
      reportThrown("template-syntax", at, check.problems, () => {
        for (const { source, fallback } of placeholdersIn(text)) {
          if ("env" in source) check.reads.byFile(source.env, fallback !== undefined, at);
        }
      });
    },
    skip,
  );
}

/** Checks a path, or each path of a list. */
export function checkPaths(node: YamlNode | undefined, problems: ProblemLog): void {
  if (typeof node?.value === "string") {
    const text = node.value;
    reportThrown("path-syntax", node.at, problems, () => parsePath(text));
  }
  for (const item of node?.items ?? []) checkPaths(item, problems);
}

/** Checks the fields, patterns and templates of conditions anywhere inside a value. */
export function checkConditions(
  node: YamlNode,
  check: TextCheck,
  skip?: (path: readonly string[]) => boolean,
  path: readonly string[] = [],
): void {
  if (skip?.(path)) return;
  const field = isMapping(node) ? child(node, "field") : undefined;
  if (typeof field?.value === "string") checkOne(node, field.value, field.at, check);
  else for (const [key, inner] of childrenOf(node)) checkConditions(inner, check, skip, [...path, key]);
}

function checkOne(node: YamlNode, field: string, at: number, check: TextCheck): void {
  const value = child(node, "value");
  if (value) checkTemplates(value, check);
  const operator = (child(node, "op") ?? child(node, "operator"))?.value;
  const op = OPERATORS.find((one) => one === operator);
  if (!reportThrown("path-syntax", at, check.problems, () => parsePath(field)) || op === undefined || !value)
    return;
  reportThrown("pattern-syntax", value.at, check.problems, () =>
    checkComparison({ field, op, value: value.value }),
  );
}

function visit(
  node: YamlNode,
  path: readonly string[],
  onText: (text: string, node: YamlNode) => void,
  skip?: (path: readonly string[]) => boolean,
): void {
  if (skip?.(path)) return;
  if (typeof node.value === "string") onText(node.value, node);
  for (const [key, inner] of childrenOf(node)) visit(inner, [...path, key], onText, skip);
}
