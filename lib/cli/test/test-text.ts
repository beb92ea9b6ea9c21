import { formatProblem } from "../../language/problem.ts";
import type { CoverageView } from "../../testing/coverage.ts";
import { failureText } from "../../testing/failure-text.ts";
import type { CaseResult } from "../../testing/run-test-case.ts";
import type { FileResult } from "../../testing/run-test-file.ts";
import { isBroken, slowestOf, type TestReport } from "../../testing/test-report.ts";
import { columns } from "../columns.ts";
import { printable, printableLine } from "../printable.ts";
import { type Paint, stepText } from "../run-text.ts";

/** A case in one line, as it ends. */
export function caseText({ name, passed, duration_ms }: CaseResult, paint: Paint): string {
  const mark = passed ? paint("green", "✓") : paint("red", "✗");
  return `  ${mark} ${printableLine(name)}  ${paint("dim", `${duration_ms} ms`)}`;
}

/** What is wrong with a file and with each of its failed cases; empty when nothing is. */
export function troubleText(result: FileResult, paint: Paint): string {
  const { file, problems, cases } = result;
  return [
    ...problems.map((problem) => printable(formatProblem(problem))),
    ...cases.filter(({ passed }) => !passed).map((one) => failedCaseText(one, file, paint)),
  ].join("\n\n");
}

/** A failed case: what differs, and the run's steps. */
export function failedCaseText(one: CaseResult, file: string, paint: Paint): string {
  const failures = one.failures.flatMap((failure) => printable(failureText(failure, file)).split("\n"));
  const steps = one.steps.flatMap((step) => stepText(step, paint).split("\n"));
  return [
    paint("red", `✗ ${printableLine(one.name)}`) + paint("dim", `  ${printable(file)}:${one.line}`),
    ...failures.map((line) => `    ${line}`),
    ...(steps.length === 0
      ? []
      : ["", paint("dim", "    the run's steps"), ...steps.map((line) => `    ${line}`)]),
  ].join("\n");
}

/** Which steps and branches no case entered. */
export function coverageText({ percent, entered, total, missing }: CoverageView, paint: Paint): string {
  const rows = missing.map(({ file, line, step, branch }) => [
    `  ${printable(file)}:${line}`,
    branch === undefined ? step : `${step}, branch ${branch}`,
  ]);
  return [
    `${paint("bold", "coverage")}  ${percent} % (${entered} of ${total} steps and branches)${rows.length > 0 ? ", no case entered" : ""}`,
    ...columns(rows),
  ].join("\n");
}

/** The last line: how many passed and failed, in what time, and which took longest. */
export function summaryText(report: TestReport, paint: Paint): string {
  const { passed, failed, broken, files, duration_ms } = report;
  const counts = [
    ...(failed > 0 ? [paint("red", `${failed} failed`)] : []),
    ...(broken > 0 ? [paint("red", `${broken} ${broken === 1 ? "file" : "files"} with errors`)] : []),
    paint(passed > 0 ? "green" : "dim", `${passed} passed`),
  ];
  const slowest = slowestOf(report);
  const parts = [
    `${counts.join(", ")}  in ${files.length} ${files.length === 1 ? "file" : "files"}, ${(duration_ms / 1000).toFixed(2)} s`,
    ...(slowest ? [paint("dim", `slowest: ${printableLine(slowest.name)}, ${slowest.duration_ms} ms`)] : []),
  ];
  return `${paint("bold", "cases")}  ${parts.join("  ")}`;
}

/** True when something has to be said of a file beyond its cases' lines. */
export function hasTrouble(result: FileResult): boolean {
  return isBroken(result) || result.problems.length > 0 || result.cases.some(({ passed }) => !passed);
}
