import { savedBy } from "../../../lib/core/journal.ts";
import type { JsonObject } from "../../../lib/core/json.ts";
import type { RunRecord } from "../../../lib/core/run.ts";
import { outcomeOf } from "../trial.ts";
import { calmPlan } from "./plan.ts";
import { type Played, play } from "./play.ts";
import type { Workload } from "./workload.ts";

/** What a run comes to when nothing goes wrong. */
export interface Baseline {
  readonly outcome: JsonObject;
  /** US dollars of its calls, those included whose result was cached. */
  readonly costUsd: number;
  /** What the runs come to that it and others started, each once. */
  readonly others: readonly string[];
}

const known = new WeakMap<Workload, [Baseline | undefined, Baseline | undefined]>();

/** Plays an event of a workload in a world without faults; undefined: it never came to an end. */
export async function baselineOf(workload: Workload, version: 0 | 1): Promise<Baseline | undefined> {
  const both = known.get(workload) ?? [undefined, undefined];
  known.set(workload, both);
  both[version] ??= await playCalmly(workload, version);
  return both[version];
}

/**
 * What must not depend on faults of a run. Whether another run had computed a cached result does, and where steps race, which
 * of them ends the run.
 */
export function faultlessOutcome(run: RunRecord, races: boolean): JsonObject {
  const outcome = outcomeOf(run, races) as JsonObject & { settled?: string[]; error: JsonObject | null };
  const settled = outcome.settled?.map((line) => line.replace(/ cached$/, " ok"));
  return {
    ...outcome,
    ...(settled && { settled }),
    ...(races && outcome.error && { error: outcome.error.class }),
  };
}

/** Every run of a world, as it is stored at the end. */
export async function storedRuns({ watch, stage }: Played): Promise<readonly RunRecord[]> {
  const ids = [...watch.runs.values()].filter(({ exists }) => exists).map(({ runId }) => runId);
  const all = await Promise.all(ids.map((runId) => stage.truth.get(runId)));
  return all.filter((run) => run !== undefined);
}

async function playCalmly(workload: Workload, version: 0 | 1): Promise<Baseline | undefined> {
  const played = await play(calmPlan(workload, version));
  const races = workload.given.races === true;
  const [run, ...others] = await storedRuns(played);
  if (!played.isQuiet || !run) return undefined;
  const texts = others.map((one) => JSON.stringify(faultlessOutcome(one, races)));
  return {
    outcome: faultlessOutcome(run, races),
    costUsd: run.costUsd + savedBy(run.journal),
    others: [...new Set(texts)].sort(),
  };
}
