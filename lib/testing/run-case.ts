import { createMemoryCache } from "../adapters/memory/memory-cache.ts";
import { rulesOf, Script } from "../adapters/scripted/script.ts";
import type { RunView } from "../app/describe-run.ts";
import type { JsonObject } from "../core/json.ts";
import type { Random } from "../core/ports/random.ts";
import { createRedactor, type Redactor } from "../core/redactor.ts";
import { SILENT_LOG } from "../core/silent-log.ts";
import type { AnyStep } from "../core/step.ts";
import type { Workflow } from "../core/workflow.ts";
import { caseEvent } from "./case-event.ts";
import type { Given } from "./case-schema.ts";
import { withQuery } from "./made-call.ts";
import { type Interpreters, runScripted } from "./run-scripted.ts";
import { seededRandom } from "./seeded-random.ts";
import { type VirtualClock, virtualClock } from "./virtual-clock.ts";

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

const NO_EVENT = { event_file: undefined, body: undefined, base64: undefined, content_type: undefined };

/** Another time and another chance: what a run makes of them comes out differently. */
const ELSEWHERE = { laterMs: 133_323_456, tickMs: 7, seed: 2 };

/**
 * Runs a case: time starts at `now`, passes only in waits, and chance is the same every time; unless it is to be disturbed,
 * so that what hangs on either shows.
 */
export async function runCase(
  workflow: Workflow,
  { given, ownAnswers }: { readonly given: Given; readonly ownAnswers: number },
  tools: CaseTools,
  { disturbed = false } = {},
): Promise<CaseRun> {
  const { answers = [], environment = {}, stage = "test", now } = given;
  const still = virtualClock(now === undefined ? undefined : Date.parse(now));
  const clock = disturbed ? ticking(still) : still;
  const script = new Script([
    ...rulesOf(answers.slice(0, ownAnswers)),
    ...rulesOf(answers.slice(ownAnswers), true),
  ]);
  const made = {
    workflow,
    environment: [environment],
    stage,
    steps: tools.steps,
    find: (name: string) => tools.find(name),
    script,
    clock,
    answerClock: clock.uncounted,
    random: steadyRandom(disturbed ? ELSEWHERE.seed : 1),
    cache: createMemoryCache(),
    log: SILENT_LOG,
  };
  const eventOf = (one: Given) => caseEvent(one, workflow, clock.now(), tools.readFile);
  for (const event of given.earlier ?? [])
    await runScripted({ ...made, event: eventOf({ ...given, ...NO_EVENT, event }) }, tools);
  const view = await runScripted({ ...made, event: eventOf(given) }, tools);
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
function steadyRandom(seed: number): Random {
  return { ...seededRandom(seed), next: () => 1 - Number.EPSILON };
}

/** A clock that is ahead, and whose time passes whenever it is asked. */
function ticking(clock: VirtualClock): VirtualClock {
  let ahead = ELSEWHERE.laterMs;
  const now = (): number => {
    ahead += ELSEWHERE.tickMs;
    return clock.now() + ahead;
  };
  return { ...clock, uncounted: { ...clock.uncounted, now }, now };
}

/** What only a workflow reads that a step starts may be a secret there. */
function secretsOf(
  { environment }: Workflow,
  values: { readonly [name: string]: string },
): readonly string[] {
  const plain = environment.filter(({ secret }) => !secret).map(({ name }) => name);
  return Object.entries(values).flatMap(([name, value]) => (plain.includes(name) ? [] : [value]));
}
