import { judge } from "./judge.ts";
import { type Plan, planOf } from "./plan.ts";
import { play } from "./play.ts";
import type { Trace } from "./trace.ts";

/** What came of one seed. */
export interface SeedReport {
  readonly seed: number;
  /** Promises that were broken, in words; empty: none. */
  readonly broken: readonly string[];
  /** How often each kind of fault was injected. */
  readonly faults: readonly (readonly [string, number])[];
  readonly runs: number;
  readonly invocations: number;
}

/** Plays what a seed decides, and judges it. */
export function checkSeed(seed: number, trace?: Trace): Promise<SeedReport> {
  return checkPlan(planOf(seed), trace);
}

/** Plays a plan, and judges it. */
export async function checkPlan(plan: Plan, trace?: Trace): Promise<SeedReport> {
  const played = await play(plan, trace);
  return {
    seed: plan.seed,
    broken: await judge(played),
    faults: [...played.faults],
    runs: played.watch.runs.size,
    invocations: played.invocations,
  };
}
