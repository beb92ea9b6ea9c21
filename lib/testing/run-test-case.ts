import { dirname, join } from "node:path";
import type { StepView } from "../app/describe-run.ts";
import { readGivenFile } from "../build/read-given-file.ts";
import { workflowsBeside } from "../build/workflows-beside.ts";
import { FlowError } from "../core/flow-error.ts";
import type { Workflow } from "../core/workflow.ts";
import { stepTypes } from "../steps/registry.ts";
import { checkCase } from "./check-case.ts";
import type { Coverage } from "./coverage.ts";
import { runCase } from "./run-case.ts";
import type { Interpreters } from "./run-scripted.ts";
import type { TestCase } from "./test-file.ts";

/** Something that is not as a case says, secrets blanked. */
export interface CaseFailure {
  readonly what: string;
  /** Line of the expectation, or of the case, in the test file. */
  readonly line: number;
  readonly expected?: string;
  readonly found?: string;
  readonly message?: string;
}

/** What came of one case. */
export interface CaseResult {
  readonly name: string;
  readonly line: number;
  readonly passed: boolean;
  readonly duration_ms: number;
  readonly failures: readonly CaseFailure[];
  /** The run's steps as its history shows them. */
  readonly steps: readonly StepView[];
}

/** Runs a case and compares; nothing of the case's own is thrown. */
export async function runTestCase(
  one: TestCase,
  file: string,
  workflow: Workflow,
  { jq, python }: Interpreters,
  coverage: Coverage,
): Promise<CaseResult> {
  const { name, line } = one;
  const startedAt = performance.now();
  const ended = () => Math.round((performance.now() - startedAt) * 10) / 10;
  const steps = coverage.watch(stepTypes, workflow);
  const readFile = (path: string) => readGivenFile(join(dirname(file), path));
  const tools = { jq, python, steps, readFile, find: workflowsBeside(workflow) };
  try {
    const made = await runCase(workflow, one, tools);
    coverage.note(workflow, made.view.steps);
    const { redactor } = made;
    const failures = checkCase(one.expected, made).map(({ path, what, expected, found, message }) => ({
      what,
      line: one.lineOf(path),
      ...(expected !== undefined && { expected: redactor.text(expected) }),
      ...(found !== undefined && { found: redactor.text(found) }),
      ...(message !== undefined && { message: redactor.text(message) }),
    }));
    const passed = failures.length === 0;
    return { name, line, passed, duration_ms: ended(), failures, steps: made.view.steps };
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    const failures = [{ what: "given", line, message: error.message }];
    return { name, line, passed: false, duration_ms: ended(), failures, steps: [] };
  }
}
