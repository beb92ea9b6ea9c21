import { rulesOf, Script } from "../adapters/scripted/script.ts";
import type { RunView } from "../app/describe-run.ts";
import type { JsonObject } from "../core/json.ts";
import type { Log } from "../core/ports/log.ts";
import type { Random } from "../core/ports/random.ts";
import { createRedactor, type Redactor } from "../core/redactor.ts";
import type { AnyStep } from "../core/step.ts";
import type { Workflow } from "../core/workflow.ts";
import { caseEvent } from "./case-event.ts";
import type { Given } from "./case-schema.ts";
import { withQuery } from "./made-call.ts";
import { type Interpreters, runScripted } from "./run-scripted.ts";
import { seededRandom } from "./seeded-random.ts";
import { virtualClock } from "./virtual-clock.ts";

/** What a run of a case is done with. */
export interface CaseTools extends Interpreters {
  readonly steps: ReadonlyMap<string, AnyStep>;
  /** The text of a file that a case names, relative to its test file. */
  readFile(file: string): string;
  /** The workflow of a name, for `run_workflow`. @throws FlowError `config_error` when there is none. */
  find(name: string): Workflow;
}

/** What came of a case's run. */
export interface CaseRun {
  readonly view: RunView;
  /** Every call in order, requests to models too. */
  readonly calls: readonly JsonObject[];
  /** Calls without an answer. */
  readonly missed: readonly JsonObject[];
  /** A word for each answer of the case's own that was not asked for. */
  readonly unused: readonly string[];
  /** Seconds of each wait, in the order they began. */
  readonly waits: readonly number[];
  /** Blanks the secrets of the case. */
  readonly redactor: Redactor;
}

const SILENT: Log = { write() {}, with: () => SILENT };

/** Runs a case: time starts at `now`, passes only in waits, and chance is the same every time. */
export async function runCase(
  workflow: Workflow,
  { given, ownAnswers }: { readonly given: Given; readonly ownAnswers: number },
  tools: CaseTools,
): Promise<CaseRun> {
  const { answers = [], environment = {}, stage = "test", now } = given;
  const clock = virtualClock(now === undefined ? undefined : Date.parse(now));
  const script = new Script([
    ...rulesOf(answers.slice(0, ownAnswers)),
    ...rulesOf(answers.slice(ownAnswers), true),
  ]);
  const view = await runScripted(
    {
      workflow,
      event: caseEvent(given, workflow, clock.now(), tools.readFile),
      environment: [environment],
      stage,
      steps: tools.steps,
      find: (name) => tools.find(name),
      script,
      clock,
      answerClock: clock.uncounted,
      random: steadyRandom(),
      log: SILENT,
    },
    tools,
  );
  return {
    view,
    calls: script.calls.map(withQuery),
    missed: script.missed.map(withQuery),
    unused: script.unused(),
    waits: clock.slept.map((ms) => ms / 1000),
    redactor: createRedactor(secretsOf(workflow, environment)),
  };
}

/** Backoff is spread by chance; here it is always the whole of it, so that a test can name it. */
function steadyRandom(): Random {
  return { ...seededRandom(), next: () => 1 - Number.EPSILON };
}

/** What only a workflow reads that a step starts may be a secret there. */
function secretsOf(
  { environment }: Workflow,
  values: { readonly [name: string]: string },
): readonly string[] {
  const plain = environment.filter(({ secret }) => !secret).map(({ name }) => name);
  return Object.entries(values).flatMap(([name, value]) => (plain.includes(name) ? [] : [value]));
}
