import { createMemoryCache } from "../adapters/memory/memory-cache.ts";
import { createSalesforce } from "../adapters/salesforce/create-salesforce.ts";
import type { Script } from "../adapters/scripted/script.ts";
import { scriptedHttp } from "../adapters/scripted/scripted-http.ts";
import { scriptedLlm } from "../adapters/scripted/scripted-llm.ts";
import { scriptedSteps } from "../adapters/scripted/scripted-steps.ts";
import type { RunView } from "../app/describe-run.ts";
import { type InProcessRun, runInProcess } from "../app/run-in-process.ts";
import type { Cache } from "../core/ports/cache.ts";
import type { Jq } from "../core/ports/jq.ts";
import type { Python } from "../core/ports/python.ts";
import type { Random } from "../core/ports/random.ts";
import type { StillClock, VirtualClock } from "./virtual-clock.ts";

/** What works without a network, and is real in tests. */
export interface Interpreters {
  readonly jq: Jq;
  readonly python: Python;
}

/** One run whose network is a script and whose time is virtual. */
export interface ScriptedRun extends Omit<InProcessRun, "ports" | "cache" | "signal"> {
  readonly script: Script;
  readonly clock: VirtualClock;
  /** The time that answers take; default: the clock's, which counts it as slept. */
  readonly answerClock?: StillClock;
  readonly random: Random;
  /** Default: an empty one. */
  readonly cache?: Cache;
}

/** Runs a workflow once with scripted answers, on a virtual clock; jq and Python are real, and take no time. */
export function runScripted(run: ScriptedRun, { jq, python }: Interpreters): Promise<RunView> {
  const { script, clock, answerClock = clock, random } = run;
  const http = scriptedHttp(script, { clock: answerClock });
  return runInProcess({
    cache: createMemoryCache(),
    ...run,
    steps: scriptedSteps(run.steps, script, answerClock),
    ports: {
      clock,
      random,
      http,
      llm: scriptedLlm(script, { clock: answerClock }),
      jq: { run: (request) => clock.during(jq.run(request)) },
      python: { ...python, run: (request) => clock.during(python.run(request)) },
      salesforce: createSalesforce(http, clock),
    },
    signal: new AbortController().signal,
  });
}
