import type { ValueChange } from "../../app/diff-values.ts";
import type { StepChange, WorkflowDiff } from "../../app/diff-workflows.ts";
import { LIST_PRICES } from "../../app/list-prices.ts";
import type { SplitPlan } from "../../app/plan-splits.ts";
import type { WorkflowPlan } from "../../app/plan-workflows.ts";
import { excerpt } from "../../core/excerpt.ts";
import { formatJson, type Json } from "../../core/json.ts";
import { columns } from "../columns.ts";
import { printableLine } from "../printable.ts";
import type { Paint } from "../run-text.ts";
import { SHORT_HASH } from "../versions/split-text.ts";
import type { CostPlan, Plan } from "./plan.ts";
import type { ResourceChange, RightChange } from "./template-changes.ts";

const MOST_LETTERS = 60;

/** A plan for people. */
export function planText(plan: Plan, paint: Paint): string {
  const { stage, deployed_commit: commit, workflows, splits, account, missing, costs } = plan;
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ["Workflows", workflowLines(workflows, paint)],
    ["Who gets the events", splits.map((one) => splitLine(one, paint))],
    ["Resources", resourceLines(account.resources, paint)],
    ["Rights", areAllNew(account.resources) ? [] : rightLines(account.rights, paint)],
    [
      "Values that are missing",
      missing.map(({ name, secret, workflows: readers }) => {
        const place = secret ? "the stage's secret" : "stages.yaml or the stage's secret";
        return `${paint("yellow", "!")} ${name} of ${readers.join(", ")}: give it one in ${place}`;
      }),
    ],
    [
      `What a thousand runs cost, in US dollars by list prices of ${LIST_PRICES.asOf}`,
      costLines(costs, paint),
    ],
  ];
  const before = commit === undefined ? "" : `, deployed now: ${commit.slice(0, 12)}`;
  return [
    paint("bold", `Plan for stage ${stage}${before}`),
    ...sections
      .filter(([, lines]) => lines.length > 0)
      .flatMap(([title, lines]) => ["", title, ...lines.map((line) => `  ${line}`)]),
    "",
  ].join("\n");
}

function workflowLines(plans: readonly WorkflowPlan[], paint: Paint): readonly string[] {
  const unchanged = plans.filter(({ change }) => change === "unchanged").length;
  return [
    ...plans.flatMap((plan) => changeLines(plan, paint)),
    ...(unchanged > 0 ? [`${unchanged} unchanged`] : []),
  ];
}

function changeLines({ name, change, diff }: WorkflowPlan, paint: Paint): readonly string[] {
  switch (change) {
    case "added":
      return [`${paint("green", "+")} ${name}`];
    case "removed":
      return [`${paint("red", "-")} ${name}: runs under way finish on their version`];
    case "unchanged":
      return [];
    case "changed":
      return [
        `${paint("yellow", "~")} ${name}${diff ? "" : ": no event has come for the deployed version, so its text is not kept"}`,
        ...(diff ? diffLines(diff, paint) : []).map((line) => `    ${line}`),
      ];
  }
}

function splitLine({ name, change, split }: SplitPlan, paint: Paint): string {
  const sign = paint("yellow", "%");
  if (!split)
    return `${sign} ${name}: all go to the new version, since there is no earlier one to get the rest`;
  const base = split.base.slice(0, SHORT_HASH);
  if (split.kind === "rollback")
    return change === "ends"
      ? `${sign} ${name}: the new version, the rollback to ${base} ends`
      : `${sign} ${name}: ${base} goes on, it stays rolled back`;
  return change === "ends"
    ? `${sign} ${name}: all go to the new version, the rollout ends`
    : `${sign} ${name}: the new version ${split.percent} %, the rest ${base}`;
}

/** What differs between two versions, a line for each thing. */
export function diffLines({ settings, steps }: WorkflowDiff, paint: Paint): readonly string[] {
  return [...settings.map(valueLine), ...steps.flatMap((one) => stepLines(one, paint))];
}

function stepLines({ kind, step, path, from, fields = [] }: StepChange, paint: Paint): readonly string[] {
  const label = printableLine(step);
  switch (kind) {
    case "added":
      return [`${paint("green", "+")} step ${path} ${label}`];
    case "removed":
      return [`${paint("red", "-")} step ${path} ${label}`];
    case "moved":
      return [`${paint("yellow", ">")} step ${from} ${label} is step ${path} now`];
    case "changed":
      return [
        `${paint("yellow", "~")} step ${path} ${label}`,
        ...fields.map((one) => `    ${valueLine(one)}`),
      ];
  }
}

function valueLine({ field, before, after }: ValueChange): string {
  return printableLine(`${field}: ${shown(before)} -> ${shown(after)}`);
}

function shown(value: Json | undefined): string {
  return value === undefined ? "nothing" : excerpt(formatJson(value), MOST_LETTERS);
}

const SIGNS: { readonly [change in ResourceChange["change"]]: readonly [Parameters<Paint>[0], string] } = {
  added: ["green", "+"],
  changed: ["yellow", "~"],
  replaced: ["red", "!"],
  "perhaps replaced": ["red", "!"],
  deleted: ["red", "-"],
  "let go": ["dim", "-"],
};

function resourceLines(changes: readonly ResourceChange[], paint: Paint): readonly string[] {
  if (areAllNew(changes)) return [`${paint("green", "+")} all ${changes.length} are new`];
  return changes.map(({ id, type, change, properties }) => {
    const what = change === "added" || change === "changed" ? "" : ` ${change}`;
    const list = properties.length > 0 ? ` (${properties.join(", ")})` : "";
    return `${paint(...SIGNS[change])} ${type} ${id}${what}${list}`;
  });
}

function areAllNew(changes: readonly ResourceChange[]): boolean {
  return changes.length > 1 && changes.every(({ change }) => change === "added");
}

/** One line for all actions that somebody may do, or may not, with one thing. */
function rightLines(rights: readonly RightChange[], paint: Paint): readonly string[] {
  const groups = Map.groupBy(rights, ({ action: _action, ...others }) => JSON.stringify(others));
  return [...groups.values()].map((group) => {
    const [{ change, effect, resource, principal, condition }] = group as [RightChange];
    const sign = change === "broader" ? paint("red", "broader ") : paint("green", "narrower");
    const when = condition === "" ? "" : `, if ${plain(condition.replaceAll(/\s+/g, " "))}`;
    const actions = group.map(({ action }) => action).join(", ");
    return `${sign} ${effect} ${actions} on ${plain(resource)} for ${plain(principal)}${when}`;
  });
}

/** What a template refers to, without the hash of its name. */
function plain(text: string): string {
  return text.replaceAll(/\$\{([A-Za-z0-9]+?)(?:[0-9A-F]{8})?((?:\.\w+)?)\}/g, "$1$2");
}

function costLines(costs: readonly CostPlan[], paint: Paint): readonly string[] {
  if (costs.length === 0) return [];
  const usd = (value: number | null | undefined) =>
    value === null || value === undefined ? "?" : value.toFixed(4);
  const rows = costs.map(({ name, before, after }) => [
    name,
    before ? usd(before.total) : "-",
    usd(after?.total),
    usd(after?.models),
    String(after?.counted.writeUnits ?? ""),
  ]);
  const notes = new Map<string, string[]>();
  for (const { name, after } of costs)
    for (const one of after?.assumptions ?? []) notes.set(one, [...(notes.get(one) ?? []), name]);
  return [
    ...columns([["workflow", "before", "after", "of it models", "write units a run"], ...rows]),
    ...[...notes].map(([note, names]) => paint("dim", `assumed for ${names.join(", ")}: ${note}`)),
    paint(
      "dim",
      "not counted: reads, logs, metrics, storage, transfer, failures; docs/cost.md says how it is counted",
    ),
  ];
}
