import { LOADER_RULES } from "../loader-rules.ts";
import type { ProblemLog } from "../problem-log.ts";
import { AREAS, type CheckServices, type RuleArea, type RuleText } from "../rule.ts";
import { RULES } from "./rules.ts";

/** One line of the production checklist. */
export interface ChecklistItem {
  readonly area: RuleArea;
  /** Its rule; `loads` stands for all that loading a file checks. */
  readonly id: string;
  /** What holds where the item is passed. */
  readonly text: string;
  readonly state: "passed" | "missed" | "not checked";
  /** Of the first miss. */
  readonly line?: number;
}

/** Loader's warnings that are matters of an area of their own. */
const AREA_OF: { readonly [id: string]: RuleArea } = {
  "undeclared-env": "documentation",
  "short-secret": "security",
};

/** The production checklist of one file, by what was found in it. */
export function checklistOf(
  problems: ProblemLog,
  loads: boolean,
  services: CheckServices,
): readonly ChecklistItem[] {
  const findings = problems.findings();
  const lineOf = (ids: readonly string[]) => {
    const first = findings.find(({ id }) => ids.includes(id));
    return first && problems.lineOf(first.at);
  };
  const item = (area: RuleArea, id: string, text: string, line?: number): ChecklistItem => ({
    area,
    id,
    text,
    ...(line === undefined ? { state: stateOf(id, loads, services) } : { state: "missed", line }),
  });
  const others = Object.entries<RuleText>(LOADER_RULES).filter(([id]) => id in AREA_OF);
  const loading = Object.keys(LOADER_RULES).filter((id) => !(id in AREA_OF));
  const items = [
    item(
      "correctness",
      "loads",
      "The file loads: keys, types, templates, paths and targets are right",
      lineOf(loading),
    ),
    ...RULES.map(({ area, id, summary }) => item(area, id, summary, lineOf([id]))),
    ...others.map(([id, { summary }]) => item(AREA_OF[id] as RuleArea, id, summary, lineOf([id]))),
  ];
  return AREAS.flatMap((area) => items.filter((one) => one.area === area));
}

function stateOf(id: string, loads: boolean, services: CheckServices): ChecklistItem["state"] {
  const needs: { readonly [rule: string]: unknown } = {
    "jq-syntax": services.compileJq,
    "python-syntax": services.compilePython,
    "missing-env": services.stage,
    "unknown-workflow": services.workflowNames,
    "expensive-model": services.priceOf,
  };
  const checked = loads || id === "literal-secret";
  return checked && !(id in needs && needs[id] === undefined) ? "passed" : "not checked";
}
