import { initialState, isSettled, type JournalEntry } from "../core/journal.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { Cache } from "../core/ports/cache.ts";
import type { Clock } from "../core/ports/clock.ts";
import { createRedactor } from "../core/redactor.ts";
import { anyJson } from "../core/schema.ts";
import { SILENT_LOG } from "../core/silent-log.ts";
import type { AnyStep } from "../core/step.ts";
import type { StepContext, StepPorts } from "../core/step-context.ts";
import type { StepNode, Workflow } from "../core/workflow.ts";
import { EarlyEnd } from "./early-end.ts";
import type { Execution } from "./execution.ts";
import { Interpreter } from "./interpreter.ts";
import { Journal } from "./journal.ts";
import { reservedNames } from "./reader.ts";
import { View } from "./view.ts";
import { createWaits } from "./waits.ts";

/** A run whose past is looked at. */
export interface PastRun
  extends Pick<Execution, "workflow" | "run" | "stage" | "event" | "request" | "steps"> {
  readonly journal: readonly JournalEntry[];
  /** What `${env:NAME}` is shown as; undefined: as the file has it. Secrets are not to be given. */
  env(name: string): string | undefined;
}

/** What a step was given. */
export interface StepInputs {
  /** Its parameters, templates resolved; of a control step without its steps. */
  readonly params: JsonObject;
  /** The value at its `input_from`; absent: the file gives none. */
  readonly input?: Json;
  /** The state as the step saw it, variables of loops included. */
  readonly state: JsonObject;
}

/**
 * Walks a run's journal once more up to a step and gives what the step saw there, without running any: entries are replayed as
 * a resumed run replays them, and steps that have none do nothing. Undefined for a place that the walk does not reach, and
 * where the parameters cannot be made.
 */
export async function revisitStep(past: PastRun, path: string): Promise<StepInputs | undefined> {
  let found: StepInputs | undefined;
  const keep = (inputs: StepInputs): void => {
    found ??= inputs;
  };
  const steps = [...past.steps].map(([type, step]) => [type, watchedStep(step, path, keep)] as const);
  const workflow = untriedWorkflow(past.workflow);
  const journal = new Journal({ past: journalUpTo(path, past.journal), append: async () => {} });
  const execution = stillExecution({ ...past, workflow, steps: new Map(steps) }, journal);
  const interpreter = new Interpreter(execution, reservedNames(execution), new EarlyEnd(journal, ""));
  await interpreter.runList(workflow.steps, "", View.of(initialState(past.event)));
  return found;
}

/** Of the step itself and of the steps around it only that they were begun, so that the walk enters them. */
function journalUpTo(path: string, journal: readonly JournalEntry[]): readonly JournalEntry[] {
  return journal.flatMap((entry) => {
    if (`${path}.`.startsWith(`${entry.path}.`)) return [begun(entry)];
    return isSettled(entry) && entry.status !== "stopped" ? [entry] : [];
  });
}

function begun({ path, id, type, startedAt, isolated }: JournalEntry): JournalEntry {
  const where = isolated === undefined ? {} : { isolated };
  return { path, id, type, startedAt, ...where, status: "failed", durationMs: 0, attempts: 0, patch: [] };
}

/**
 * A step that does nothing and tells what it is given at the path, its parameters as the file has them. One with steps of its own
 * runs them elsewhere.
 */
function watchedStep(step: AnyStep, path: string, keep: (inputs: StepInputs) => void): AnyStep {
  const run = (params: unknown, context: StepContext) => {
    if (context.path !== path) return step.blocks ? step.run(params as never, context) : DONE;
    const given = context.inputFrom === undefined ? {} : { input: context.input };
    keep({ params: params as JsonObject, ...given, state: context.read("state") as JsonObject });
    return { kind: "stop", reason: "" } as const;
  };
  return step.blocks ? { ...step, run } : { ...step, run, schema: anyJson, effect: false };
}

const DONE = { kind: "next" } as const;

/** The workflow in objects of its own (parameters are remembered by them), with steps that are neither skipped nor tried again. */
function untriedWorkflow(workflow: Workflow): Workflow {
  return { ...workflow, steps: workflow.steps.map(untried) };
}

function untried({ when: _when, cache: _cache, ...node }: StepNode): StepNode {
  const blocks = Object.entries(node.blocks).map(([label, nodes]) => [label, nodes.map(untried)] as const);
  const retry = { ...node.retry, retries: 0 };
  return {
    ...node,
    retry,
    timeoutSeconds: null,
    effect: "at_least_once",
    blocks: Object.fromEntries(blocks),
  };
}

function stillExecution(past: PastRun, journal: Journal): Execution {
  const { workflow, run, stage, event, request, steps, env } = past;
  const clock: Clock = { now: () => run.startedAt, sleep: async () => {}, timer: () => () => {} };
  const forever = Number.POSITIVE_INFINITY;
  const environment = {
    value: (name: string) => env(name) ?? `\${env:${name}}`,
    redactor: createRedactor([]),
    missing: [],
    tooShort: [],
  };
  return {
    workflow,
    run,
    stage,
    event,
    request,
    steps,
    // No step runs that would use another port, or the cache.
    ports: { clock } as StepPorts,
    cache: {} as Cache,
    journal,
    limits: { handOverAt: forever, freshMs: forever, longestWaitMs: forever },
    runUntil: forever,
    waits: createWaits(clock),
    log: SILENT_LOG,
    signal: new AbortController().signal,
    environment: () => environment,
    refreshEnvironment: async () => false,
  };
}
