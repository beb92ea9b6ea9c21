import { createGuardedHttp } from "../adapters/http/guarded-http.ts";
import { createJq } from "../adapters/jq/jq-worker-pool.ts";
import { createLlm } from "../adapters/llm/create-llm.ts";
import { createMemoryCache } from "../adapters/memory/memory-cache.ts";
import { createPython } from "../adapters/python/python-pool.ts";
import { createSalesforce } from "../adapters/salesforce/create-salesforce.ts";
import { scriptedHttp } from "../adapters/scripted/scripted-http.ts";
import { scriptedLlm } from "../adapters/scripted/scripted-llm.ts";
import { scriptedSteps } from "../adapters/scripted/scripted-steps.ts";
import { systemClock } from "../adapters/system-clock.ts";
import { systemRandom } from "../adapters/system-random.ts";
import { describeStep, type RunView } from "../app/describe-run.ts";
import { runInProcess } from "../app/run-in-process.ts";
import { filesBeside } from "../build/files-beside.ts";
import { readGivenFile } from "../build/read-given-file.ts";
import { workflowsBeside } from "../build/workflows-beside.ts";
import { readConfig, runnerConfig } from "../core/config.ts";
import type { EnvironmentSource } from "../core/environment-source.ts";
import { FlowError } from "../core/flow-error.ts";
import type { Log } from "../core/ports/log.ts";
import { SILENT_LOG } from "../core/silent-log.ts";
import type { Workflow } from "../core/workflow.ts";
import { loadWorkflow } from "../language/load-workflow.ts";
import { formatProblem } from "../language/problem.ts";
import { localSources, pickValues } from "../local/local-environment.ts";
import { readIfPresent } from "../local/working-folder.ts";
import { stepTypes } from "../steps/registry.ts";
import { EXIT } from "./exit.ts";
import { readAssignments } from "./given-values.ts";
import { onInterrupt } from "./interrupt.ts";
import { jsonText } from "./json-text.ts";
import { printable } from "./printable.ts";
import { readEvent } from "./read-event.ts";
import { readMocks } from "./read-mocks.ts";
import { type Paint, paintFor, runEndText, stepText } from "./run-text.ts";
import { stageName } from "./stage-name.ts";

/** Options of `run`. */
export interface RunOptions {
  readonly event?: string;
  readonly env?: readonly string[];
  readonly stage: string;
  readonly mocks?: string;
  readonly json?: boolean;
}

/** What is said of the run as a whole; what a step says shows below it. */
function runLog(paint: Paint): Log {
  return {
    write: ({ message }) => void process.stderr.write(`${paint("yellow", `! ${printable(message)}`)}\n`),
    with: () => SILENT_LOG,
  };
}

/**
 * Runs a workflow file once. Its steps show on standard error as they end.
 * @throws FlowError `config_error` or `invalid_input` for files and options that are wrong.
 */
export async function run(file: string, options: RunOptions): Promise<number> {
  const given = readAssignments(options.env);
  const workflow = load(file);
  if (!workflow) return EXIT.usage;
  const script = options.mocks === undefined ? undefined : readMocks(options.mocks);
  const event = await readEvent(options.event, systemClock.now());

  const stage = stageName(options.stage);
  const environment = localSources({ given, shell: process.env, stage, readFile: readIfPresent });
  const realHttp = createGuardedHttp({ allowPrivateHosts: allowedHosts(environment) });
  const realLlm = createLlm(realHttp, systemClock);
  const http = script ? scriptedHttp(script, { fallback: realHttp }) : realHttp;
  const llm = script ? scriptedLlm(script, { fallback: realLlm }) : realLlm;
  const salesforce = createSalesforce(http, systemClock);
  const jq = createJq();
  const python = createPython({ spare: false });
  const cancel = new AbortController();
  const forget = onInterrupt(() => cancel.abort(new FlowError("cancelled", "cancelled by Ctrl-C")));
  const paint = paintFor(process.stderr);
  try {
    const view = await runInProcess({
      workflow,
      event,
      environment,
      stage,
      steps: script ? scriptedSteps(stepTypes, script, systemClock) : stepTypes,
      ports: { clock: systemClock, random: systemRandom, http, llm, jq, python, salesforce },
      cache: createMemoryCache(),
      log: runLog(paint),
      signal: cancel.signal,
      find: workflowsBeside(workflow),
      onStep: (entry, depth) =>
        process.stderr.write(`${indented(stepText(describeStep(entry), paint), depth)}\n`),
    });
    for (const one of script?.unused() ?? []) process.stderr.write(`never asked for: ${one}\n`);
    process.stdout.write(`${options.json ? jsonText(view) : runEndText(view, paintFor(process.stdout))}\n`);
    return exitCodeOf(view);
  } finally {
    forget();
    await Promise.all([jq.close(), python.close(), realHttp.close()]);
  }
}

function load(file: string): Workflow | undefined {
  const { workflow, problems } = loadWorkflow(readGivenFile(file), file, undefined, filesBeside(file));
  for (const problem of problems) process.stderr.write(`${printable(formatProblem(problem))}\n\n`);
  return workflow;
}

/** Steps of a run that another one started stand below its own. */
function indented(text: string, depth: number): string {
  return text.replaceAll(/^/gm, "    ".repeat(depth));
}

const settings = runnerConfig.pick({ HOOKLINE_ALLOW_PRIVATE_HOSTS: true });

function allowedHosts(sources: readonly EnvironmentSource[]): readonly string[] {
  return readConfig(settings, pickValues(Object.keys(settings.shape), sources)).HOOKLINE_ALLOW_PRIVATE_HOSTS;
}

function exitCodeOf({ status }: RunView): number {
  if (status === "cancelled") return EXIT.interrupted;
  return status === "succeeded" || status === "dropped" ? EXIT.ok : EXIT.failed;
}
