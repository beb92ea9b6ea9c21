import type { CoverageView } from "./coverage.ts";
import type { CaseResult } from "./run-test-case.ts";
import type { FileResult } from "./run-test-file.ts";

/** Everything that `hookline test` found out, as `--json` prints it. */
export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  /** Test files that could not be run: they, or their workflows, have errors. */
  readonly broken: number;
  readonly duration_ms: number;
  readonly files: readonly FileResult[];
  readonly coverage: CoverageView;
}

/** Counts what came of all files. */
export function reportOf(
  files: readonly FileResult[],
  coverage: CoverageView,
  durationMs: number,
): TestReport {
  const cases = files.flatMap((file) => file.cases);
  const passed = cases.filter((one) => one.passed).length;
  return {
    passed,
    failed: cases.length - passed,
    broken: files.filter(isBroken).length,
    duration_ms: Math.round(durationMs),
    files,
    coverage,
  };
}

/** True for a file whose cases did not run. */
export function isBroken({ problems }: FileResult): boolean {
  return problems.some(({ severity }) => severity === "error");
}

/** The case that took longest, undefined when there is none. */
export function slowestOf({ files }: TestReport): CaseResult | undefined {
  return files
    .flatMap(({ cases }) => cases)
    .reduce<CaseResult | undefined>(
      (slowest, one) => (slowest && slowest.duration_ms >= one.duration_ms ? slowest : one),
      undefined,
    );
}
