import { createSalesforce } from "../../lib/adapters/salesforce/create-salesforce.ts";
import { conditionsHold } from "../../lib/core/condition.ts";
import type { LogLine } from "../../lib/core/journal.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import { parsePath, readPath } from "../../lib/core/path.ts";
import type { AnyStep } from "../../lib/core/step.ts";
import type { BlockOptions, StepContext, StepPorts } from "../../lib/core/step-context.ts";
import type { BlockEnd, StepFailure } from "../../lib/core/step-result.ts";
import { seededRandom } from "../../lib/testing/seeded-random.ts";
import { virtualClock } from "../../lib/testing/virtual-clock.ts";
import { noRuns } from "./no-runs.ts";

/** What a test of one step gives it; everything else is as in a run of an empty workflow. */
export interface ContextOptions {
  readonly state?: JsonObject;
  readonly inputFrom?: string;
  readonly outputTo?: string | null;
  readonly timeoutSeconds?: number | null;
  readonly signal?: AbortSignal;
  readonly ports?: Partial<StepPorts>;
  /** How blocks end, by what stands between the step's path and the child's index. */
  readonly block?: (at: string, options: BlockOptions) => Promise<BlockEnd> | BlockEnd;
  /** Labels of the nested lists. */
  readonly blocks?: readonly string[];
  readonly entered?: string;
  readonly accepted?: { readonly [at: string]: JsonObject };
}

/** A context made by hand, and what the step told it. */
export interface MadeContext {
  readonly context: StepContext;
  readonly warnings: string[];
  readonly logs: LogLine[];
  readonly blocks: string[];
}

/** Makes a step's context without an engine. */
export function stepContext(options: ContextOptions = {}): MadeContext {
  const { state = {}, inputFrom, outputTo = null, timeoutSeconds = null } = options;
  const warnings: string[] = [];
  const logs: LogLine[] = [];
  const blocks: string[] = [];
  const read = (path: string) => readPath(state, parsePath(path));
  const accepted: Record<string, JsonObject> = { ...options.accepted };
  const context: StepContext = {
    id: "step_1",
    path: "0",
    trace: undefined,
    blank: (text) => text,
    input: inputFrom === undefined ? state : (read(inputFrom) ?? null),
    ...(inputFrom !== undefined && { inputFrom }),
    outputTo,
    timeoutSeconds,
    idempotencyKey: "run-1-0",
    attempt: 1,
    signal: options.signal ?? new AbortController().signal,
    ports: {
      clock: virtualClock(),
      random: seededRandom(),
      http: nobody,
      llm: nobody,
      jq: nobody,
      python: nobody,
      salesforce: createSalesforce(nobody, virtualClock()),
      childRuns: noRuns,
      ...options.ports,
    },
    run: { id: "run-1", attempt: 1 },
    workflow: { name: "example" },
    event: state,
    environment: () => ({}),
    read,
    writtenAt: () => undefined,
    holds: (conditions, match) => conditionsHold(conditions, { read, render: (value) => value }, match),
    log: (line) => void logs.push(line),
    logOutput: (lines) => void logs.push(...lines.map((message) => ({ level: "info" as const, message }))),
    warn: (message) => void warnings.push(message),
    async runBlock(label, blockOptions = {}) {
      const at = blockOptions.at ?? label;
      blocks.push(at);
      if (!options.block) throw new Error(`no block ${at}`);
      return options.block(at, blockOptions);
    },
    renderAssignments: (assignments) => assignments,
    startRun: unasked,
    isDistributed: false,
    blocks: options.blocks ?? [],
    enteredBlock: () => options.entered,
    acceptFailure(at, { error }: StepFailure) {
      accepted[at] = { error: error.message };
      return accepted[at];
    },
    acceptedFailure: (at) => accepted[at],
    keepFailure() {},
    keptFailure: () => undefined,
  };
  return { context, warnings, logs, blocks };
}

/** A port of a step that should not use it. */
const nobody = {
  send: unasked,
  complete: unasked,
  embed: unasked,
  run: unasked,
  endRun() {},
};

function unasked(): Promise<never> {
  return Promise.reject(new Error("this step was not expected to use this port"));
}

/** Runs a step with parameters as a file gives them. */
export async function runStep(step: AnyStep, raw: Json, context: StepContext) {
  return step.run(step.schema.parse(raw) as never, context);
}

/** A block that ends well, having written `written`. */
export function done(written: JsonObject): BlockEnd {
  return { kind: "done", written, read: (path) => readPath(written, parsePath(path)) };
}
