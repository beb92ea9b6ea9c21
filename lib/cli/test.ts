import { createJq } from "../adapters/jq/jq-worker-pool.ts";
import { createPython } from "../adapters/python/python-pool.ts";
import { filesBeside } from "../build/files-beside.ts";
import { readWorkflowFile } from "../build/read-workflow-file.ts";
import { FlowError } from "../core/flow-error.ts";
import { loadWorkflow } from "../language/load-workflow.ts";
import { Coverage } from "../testing/coverage.ts";
import { findTests } from "../testing/find-tests.ts";
import { junitXml } from "../testing/junit.ts";
import { oneInterpreter } from "../testing/one-interpreter.ts";
import type { Interpreters } from "../testing/run-scripted.ts";
import { type FileResult, runTestFile } from "../testing/run-test-file.ts";
import { reportOf, type TestReport } from "../testing/test-report.ts";
import { EXIT } from "./exit.ts";
import { jsonText } from "./json-text.ts";
import { printable } from "./printable.ts";
import { paintFor } from "./run-text.ts";
import { caseText, coverageText, hasTrouble, summaryText, troubleText } from "./test/test-text.ts";
import { watchTests } from "./test/test-watch.ts";
import { writeGivenFile } from "./write-given-file.ts";

/** Options of `test`. */
export interface TestOptions {
  readonly watch?: boolean;
  readonly junit?: string;
  /** True: shown. A number: the least percentage. Other text is a file, since the option's value may be left out. */
  readonly coverage?: boolean | string;
  readonly filter?: string;
  readonly json?: boolean;
}

const DEFAULT_FOLDER = "workflows";

/**
 * Runs the tests beside the workflows: 0 when all pass, 1 when a case fails or too little is covered, 2 when a file has
 * errors.
 * @throws FlowError `invalid_input` for arguments that name no tests.
 */
export async function test(args: readonly string[], options: TestOptions): Promise<number> {
  const { files, least } = readArguments(args, options);
  const jq = createJq();
  const python = createPython({ spare: false });
  const run = () => runOnce(files, { ...options, least }, { jq, python: oneInterpreter(python) });
  try {
    return options.watch ? await watchTests(files, run) : await run();
  } finally {
    await Promise.all([jq.close(), python.close()]);
  }
}

/** `--coverage` may stand right before a file. */
function readArguments(args: readonly string[], { coverage }: TestOptions) {
  const isFile = typeof coverage === "string" && !/^\d+$/.test(coverage);
  const files = isFile ? [coverage, ...args] : args;
  const least = typeof coverage === "string" && !isFile ? Number(coverage) : undefined;
  if (least !== undefined && least > 100)
    throw new FlowError("invalid_input", `--coverage ${coverage}: write a percentage from 0 to 100`);
  return { files: files.length === 0 ? [DEFAULT_FOLDER] : files, least };
}

async function runOnce(
  args: readonly string[],
  { json, filter, junit, coverage: shown, least }: TestOptions & { readonly least: number | undefined },
  interpreters: Interpreters,
): Promise<number> {
  const startedAt = performance.now();
  const paint = paintFor(process.stdout);
  const say = (line: string): void => void (json || process.stdout.write(`${line}\n`));
  const { testFiles, workflowFiles } = findTests(args);
  const coverage = new Coverage();
  for (const file of workflowFiles) countWorkflow(file, coverage);
  const files: FileResult[] = [];
  for (const file of testFiles) {
    say(paint("bold", printable(file)));
    const result = await runTestFile(file, {
      ...interpreters,
      coverage,
      filter,
      onCase: (one) => say(caseText(one, paint)),
    });
    files.push(result);
  }
  const report = reportOf(files, coverage.view(), performance.now() - startedAt);
  if (junit !== undefined) writeGivenFile(junit, junitXml(report));
  for (const result of files.filter(hasTrouble)) say(`\n${troubleText(result, paint)}`);
  if (shown !== undefined) say(`\n${coverageText(report.coverage, paint)}`);
  say(`\n${summaryText(report, paint)}`);
  if (json) process.stdout.write(`${jsonText(report)}\n`);
  return exitCodeOf(report, filter, least);
}

/** A workflow that no test file names is covered by none. What cannot be loaded is for its own test file to tell. */
function countWorkflow(file: string, coverage: Coverage): void {
  const read = readWorkflowFile(file);
  const { workflow } = "text" in read ? loadWorkflow(read.text, file, undefined, filesBeside(file)) : {};
  if (workflow) coverage.count(workflow);
}

function exitCodeOf(report: TestReport, filter: string | undefined, least: number | undefined): number {
  const { passed, failed, broken, coverage } = report;
  if (broken > 0) return EXIT.usage;
  if (passed + failed === 0 && filter !== undefined) {
    process.stderr.write(`no case's name holds "${filter}"\n`);
    return EXIT.usage;
  }
  if (failed > 0) return EXIT.failed;
  if (least === undefined || coverage.percent >= least) return EXIT.ok;
  process.stderr.write(`coverage is ${coverage.percent} %, and at least ${least} % is asked for\n`);
  return EXIT.failed;
}
