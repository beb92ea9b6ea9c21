import { existsSync } from "node:fs";
import { dirname, join, normalize, relative, resolve } from "node:path";
import { createJq } from "../adapters/jq/jq-worker-pool.ts";
import { createPython } from "../adapters/python/python-pool.ts";
import { notAlone } from "../app/not-alone.ts";
import { withChunks } from "../app/with-chunks.ts";
import { compileWorkflows } from "../build/compile-workflows.ts";
import { readGivenFile } from "../build/read-given-file.ts";
import { workflowsBeside } from "../build/workflows-beside.ts";
import { firstValue } from "../core/environment-source.ts";
import { FlowError } from "../core/flow-error.ts";
import type { RunRecord } from "../core/run.ts";
import type { Workflow } from "../core/workflow.ts";
import { formatProblem } from "../language/problem.ts";
import { localSources } from "../local/local-environment.ts";
import { readIfPresent } from "../local/working-folder.ts";
import { stepTypes } from "../steps/registry.ts";
import { Coverage } from "../testing/coverage.ts";
import { oneInterpreter } from "../testing/one-interpreter.ts";
import { appendCase } from "../testing/record/append-case.ts";
import { blankedPaths } from "../testing/record/blanked-paths.ts";
import { recordRun } from "../testing/record/record-run.ts";
import { type CaseResult, runTestCase } from "../testing/run-test-case.ts";
import { loadTestFile, type TestFile } from "../testing/test-file.ts";
import { EXIT } from "./exit.ts";
import { readAssignments } from "./given-values.ts";
import { type HistoryOptions, noSuchRun, withHistory } from "./history.ts";
import { paintFor } from "./run-text.ts";
import { failedCaseText } from "./test/test-text.ts";
import { writeGivenFile } from "./write-given-file.ts";

/** Options of `record`. */
export interface RecordOptions extends HistoryOptions {
  readonly workflows: string;
  /** `-`: standard output. */
  readonly out?: string;
  readonly name?: string;
  readonly env?: readonly string[];
  readonly force?: boolean;
}

/** A run as it is stored, the version it ran on, and the file that holds the workflow today. */
interface Found {
  readonly run: RunRecord;
  readonly version: Workflow;
  readonly today: Workflow;
}

/**
 * Makes a test case of a stored run and runs it: 0 when it passes; when it does not, 1, and nothing is written.
 * @throws FlowError `invalid_input` for a run that is not there or makes no test, `config_error` for missing files.
 */
export async function record(runId: string, options: RecordOptions): Promise<number> {
  const found = await find(runId, options);
  const { run, today } = found;
  const jq = createJq();
  const python = createPython({ spare: false });
  const interpreters = { jq, python: oneInterpreter(python) };
  try {
    const isNew = today.hash !== found.version.hash;
    if (isNew) say(`run ${runId} ran on another version of ${today.file} (${run.hash.slice(0, 12)})`);
    const sources = localSources({
      given: readAssignments(options.env),
      shell: process.env,
      stage: run.stage,
      readFile: readIfPresent,
    });
    const content = await recordRun(run, {
      workflow: found.version,
      name: options.name ?? `as in run ${runId}`,
      steps: stepTypes,
      tools: { ...interpreters, steps: stepTypes, readFile: () => "", find: workflowsBeside(today) },
      known: (name) => firstValue(name, sources),
    });
    const toOutput = options.out === "-";
    const file = toOutput || options.out === undefined ? testFileOf(today) : options.out;
    const before = toOutput ? undefined : readIfThere(file);
    const added = appendCase(before, file, content, commentOf(run));
    const text = before === undefined ? headOf(file, today) + added : added;
    const result = await runAdded(text, file, today, interpreters);
    if (!result.passed) tell(result, file, found);
    if (!result.passed && !options.force) {
      say("Nothing was written; --force writes it all the same.");
      return EXIT.failed;
    }
    if (toOutput) process.stdout.write(text);
    else writeGivenFile(file, text);
    const where = toOutput ? "" : `${file}:${result.line}: `;
    say(`${where}"${result.name}" was recorded${result.passed ? " and passes" : ", and fails"}`);
    return result.passed ? EXIT.ok : EXIT.failed;
  } finally {
    await Promise.all([jq.close(), python.close()]);
  }
}

async function find(runId: string, options: RecordOptions): Promise<Found> {
  const { run, version } = await withHistory(options, async ({ store }) => {
    const kept = await store.get(runId);
    const stored = kept && (await withChunks(store, kept));
    return { run: stored, version: stored && (await store.getVersion(stored.workflow, stored.hash)) };
  });
  if (!run) throw noSuchRun(runId, options.stage);
  if (run.chunk) throw notAlone(run, "record");
  const { workflows, problems } = await compileWorkflows(options.workflows);
  const today = workflows.find(({ name }) => name === run.workflow);
  if (!today) {
    const broken = problems.find(({ severity }) => severity === "error");
    throw new FlowError(
      "config_error",
      broken
        ? formatProblem(broken)
        : `${options.workflows} has no workflow ${run.workflow}: name its folder by --workflows`,
    );
  }
  return { run, today, version: version ?? today };
}

function testFileOf({ file }: Workflow): string {
  return join(dirname(file), `${file.replace(/^.*[/\\]/s, "").replace(/\.ya?ml$/, "")}.test.yaml`);
}

/** A test file beside another workflow says which one it tests. */
function headOf(file: string, workflow: Workflow): string {
  const isBeside = normalize(file) === normalize(testFileOf(workflow));
  return isBeside ? "" : `workflow: ${JSON.stringify(relative(dirname(file), workflow.file))}\n`;
}

function commentOf({ runId, stage, hash, createdAt, journal }: RunRecord): string {
  const comment = `Recorded from run ${runId} of ${new Date(createdAt).toISOString().slice(0, 10)} in ${stage}, version ${hash.slice(0, 12)}`;
  const deliveries = journal.some(({ status, handled }) => status === "failed" && !handled);
  return deliveries ? `${comment}; of its deliveries the last one` : comment;
}

/** Runs the last case of a test file's text. @throws FlowError when the file has errors. */
async function runAdded(
  text: string,
  file: string,
  workflow: Workflow,
  interpreters: Parameters<typeof runTestCase>[3],
): Promise<CaseResult> {
  const loaded = loadTestFile(text, file);
  const test: TestFile | undefined = "test" in loaded ? loaded.test : undefined;
  if (test && resolve(test.workflowFile) !== resolve(workflow.file)) {
    throw new FlowError(
      "invalid_input",
      `${file} tests ${test.workflowFile}: name another file for runs of ${workflow.name} by --out`,
    );
  }
  const one = test?.cases.at(-1);
  const problem = [...loaded.problems, ...(test?.check(workflow) ?? [])].find(
    ({ severity }) => severity === "error",
  );
  if (!one || problem) {
    throw new FlowError("invalid_input", problem ? formatProblem(problem) : `${file} has no cases`);
  }
  return runTestCase(one, file, workflow, interpreters, new Coverage());
}

/** Why the recording does not pass: for want of what the history lost, on a newer version, or because of what differs. */
function tell(result: CaseResult, file: string, { run, version, today }: Found): void {
  const lost = blankedPaths(run, version);
  if (lost.length > 0) {
    say(
      `run ${run.runId} cannot be replayed: its history was blanked by history.redact at ${lost.join(", ")}, and the run depends on ${lost.length === 1 ? "it" : "them"}`,
    );
  } else say(`the case does not pass${today.hash === version.hash ? "" : ` on today's ${today.file}`}:`);
  process.stderr.write(`${failedCaseText(result, file, paintFor(process.stderr))}\n`);
}

function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readGivenFile(file) : undefined;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
