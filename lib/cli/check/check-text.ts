import type { CheckResult } from "../../language/check/check-workflow.ts";
import type { ChecklistItem } from "../../language/check/checklist.ts";
import { formatProblem, type Problem } from "../../language/problem.ts";
import { AREAS } from "../../language/rule.ts";
import { printable } from "../printable.ts";
import type { Paint } from "../run-text.ts";
import { serviceText } from "./service-text.ts";

const STYLES = { error: "red", warning: "yellow", note: "dim" } as const;

/** The problems of one file, each with its frame; empty when there are none. */
export function problemsText(problems: readonly Problem[], paint: Paint): string {
  return problems
    .map((problem) => {
      const [first = "", ...others] = printable(formatProblem(problem)).split("\n");
      const { severity } = problem;
      const headline = first.replace(` ${severity}: `, () => ` ${paint(STYLES[severity], `${severity}:`)} `);
      return `${[headline, ...others].join("\n")}\n\n`;
    })
    .join("");
}

const MARKS = { passed: ["✓", "green"], missed: ["✗", "red"], "not checked": ["–", "dim"] } as const;

/** The production checklist of one file. */
export function checklistText({ file, checklist, workflow }: CheckResult, paint: Paint): string {
  const areas = AREAS.map((area) => {
    const items = checklist.filter((item) => item.area === area).map((item) => itemText(item, paint));
    return `  ${paint("bold", area)}\n${items.join("")}`;
  });
  const missed = checklist.filter(({ state }) => state === "missed").length;
  const passed = checklist.filter(({ state }) => state === "passed").length;
  return `${paint("bold", printable(file))}: ${passed} passed, ${missed} missed\n${areas.join("")}${workflow ? serviceText(workflow, paint) : ""}\n`;
}

function itemText({ id, text, state, line }: ChecklistItem, paint: Paint): string {
  const [mark, style] = MARKS[state];
  const more = state === "passed" ? "" : state === "missed" ? ` (line ${line}, ${id})` : " (not checked)";
  return `    ${paint(style, mark)} ${text}${paint("dim", more)}\n`;
}

/** How many of each severity there are. */
export interface Counts {
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
}

/** Counts problems by their severity. */
export function countProblems(problems: readonly Problem[]): Counts {
  const count = (wanted: Problem["severity"]) =>
    problems.filter(({ severity }) => severity === wanted).length;
  return { errors: count("error"), warnings: count("warning"), notes: count("note") };
}

/** The last line: what was found in all files together. */
export function summaryText(
  results: readonly CheckResult[],
  { hiddenNotes, fixed }: { readonly hiddenNotes: boolean; readonly fixed: number },
  paint: Paint,
): string {
  const problems = results.flatMap((result) => result.problems);
  const { errors, warnings, notes } = countProblems(problems);
  const fixable = problems.filter(({ fix }) => fix).length;
  const switchedOff = results.reduce((sum, one) => sum + one.switchedOff, 0);
  const counted = [
    errors > 0 && paint("red", amount(errors, "error")),
    warnings > 0 && paint("yellow", amount(warnings, "warning")),
    notes > 0 && `${amount(notes, "note")}${hiddenNotes ? " (--notes shows them)" : ""}`,
  ].filter((part) => part !== false);
  const parts = [
    counted.length === 0 ? paint("green", "nothing to say") : counted.join(", "),
    ...(fixed > 0 ? [`${fixed} fixed`] : []),
    ...(fixable > 0 && fixed === 0 ? [`${fixable} can be fixed with --fix`] : []),
    ...(switchedOff > 0 ? [`${switchedOff} switched off by comments`] : []),
  ];
  return `${amount(results.length, "file")}: ${parts.join("; ")}\n`;
}

function amount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
