import { filesBeside } from "../build/files-beside.ts";
import { readWorkflowFile } from "../build/read-workflow-file.ts";
import { loadWorkflow } from "../language/load-workflow.ts";
import type { Problem } from "../language/problem.ts";
import type { Coverage } from "./coverage.ts";
import type { Interpreters } from "./run-scripted.ts";
import { type CaseResult, runTestCase } from "./run-test-case.ts";
import { loadTestFile, type TestFile } from "./test-file.ts";

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
    const result = await runTestCase(one, file, workflow, run, run.coverage);
    cases.push(result);
    run.onCase?.(result);
  }
  return { file, workflow: test.workflowFile, problems: all, cases };
}

function loadWorkflowOf({ workflowFile, file }: TestFile) {
  const read = readWorkflowFile(workflowFile);
  if ("text" in read) return loadWorkflow(read.text, workflowFile, undefined, filesBeside(workflowFile));
  const hint = 'name the workflow to test by the key "workflow"';
  return { problems: [{ ...read.problem, file, message: `${workflowFile}: ${read.problem.message}`, hint }] };
}
