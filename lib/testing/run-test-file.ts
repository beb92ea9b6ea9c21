import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { StepView } from "../app/describe-run.ts";
import { readWorkflowFile } from "../build/read-workflow-file.ts";
import { whyUnreadable } from "../build/why-unreadable.ts";
import { workflowsBeside } from "../build/workflows-beside.ts";
import { FlowError } from "../core/flow-error.ts";
import type { Workflow } from "../core/workflow.ts";
import { loadWorkflow } from "../language/load-workflow.ts";
import type { Problem } from "../language/problem.ts";
import { stepTypes } from "../steps/registry.ts";
import { checkCase } from "./check-case.ts";
import type { Coverage } from "./coverage.ts";
import { runCase } from "./run-case.ts";
import type { Interpreters } from "./run-scripted.ts";
import { loadTestFile, type TestCase, type TestFile } from "./test-file.ts";

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

/** What came of one test file. */
export interface FileResult {
  readonly file: string;
  /** The workflow's file; null when the test file cannot be read. */
  readonly workflow: string | null;
  /** What is wrong with the test file or its workflow; with an error among them no case has run. */
  readonly problems: readonly Problem[];
  readonly cases: readonly CaseResult[];
}

/** How test files are run. */
export interface TestRun extends Interpreters {
  readonly coverage: Coverage;
  /** Only cases whose name holds this text. */
  readonly filter?: string | undefined;
  /** Called as each case ends. */
  onCase?(result: CaseResult): void;
}

/** Runs the cases of a test file one after another. Faults of files are in the result; nothing of a case's is thrown. */
export async function runTestFile(file: string, run: TestRun): Promise<FileResult> {
  const read = readWorkflowFile(file);
  if ("problem" in read) return { file, workflow: null, problems: [read.problem], cases: [] };
  const loaded = loadTestFile(read.text, file);
  if (!("test" in loaded)) return { file, workflow: null, problems: loaded.problems, cases: [] };
  const { test } = loaded;
  const { workflow, problems } = loadWorkflowOf(test);
  if (!workflow) return { file, workflow: test.workflowFile, problems, cases: [] };
  const misnamed = test.check(workflow);
  const all = [...loaded.problems, ...misnamed, ...problems];
  if (misnamed.length > 0) return { file, workflow: test.workflowFile, problems: all, cases: [] };
  run.coverage.count(workflow);
  const cases: CaseResult[] = [];
  for (const one of test.cases) {
    if (run.filter !== undefined && !one.name.includes(run.filter)) continue;
    const result = await resultOf(one, test, workflow, run);
    cases.push(result);
    run.onCase?.(result);
  }
  return { file, workflow: test.workflowFile, problems: all, cases };
}

function loadWorkflowOf({ workflowFile, file }: TestFile) {
  const read = readWorkflowFile(workflowFile);
  if ("text" in read) return loadWorkflow(read.text, workflowFile);
  const hint = 'name the workflow to test by the key "workflow"';
  return { problems: [{ ...read.problem, file, message: `${workflowFile}: ${read.problem.message}`, hint }] };
}

async function resultOf(
  one: TestCase,
  { file }: TestFile,
  workflow: Workflow,
  { coverage, jq, python }: TestRun,
): Promise<CaseResult> {
  const { name, line } = one;
  const startedAt = performance.now();
  const ended = () => Math.round((performance.now() - startedAt) * 10) / 10;
  const steps = coverage.watch(stepTypes, workflow);
  const readFile = (path: string) => readText(join(dirname(file), path));
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

/** @throws FlowError `invalid_input` for a file that cannot be read. */
function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new FlowError("invalid_input", `${path} cannot be read: ${whyUnreadable(cause)}`, { cause });
  }
}
