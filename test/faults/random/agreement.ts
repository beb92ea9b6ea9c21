import type { JsonObject } from "../../../lib/core/json.ts";
import type { Trial } from "../trial.ts";
import { differences, type Facts, factsOf, factsOfModel, lineOf, masked } from "./facts.ts";
import type { ModelRun } from "./model/place.ts";
import { sorted } from "./model/values.ts";
import { type RandomCase, withExpected } from "./random-case.ts";
import { unknownIn, type WholeRun, wholeRuns } from "./whole-runs.ts";

/**
 * Where the run that was made and the one that was expected differ, in words; empty: they agree. When faults have struck,
 * attempts are not counted: each call must have been made, and no other.
 */
export function disagreements(given: RandomCase, trial: Trial, struck: boolean): readonly string[] {
  const { run, ranAgain, finals, answer } = trial;
  if (!run) return struck && answer?.status !== 202 ? [] : ["there is no run"];
  const made = wholeRuns(trial);
  const unknown = struck ? unknownOf(made) : {};
  const expected = withExpected(given, unknown).expected;
  // Which of several runs of a workflow has lost its call the model cannot be told.
  const isClear = (unknown.other ?? []).length === 0 || expected.length === 1 + 1;
  return [
    ...(isClear ? differentRuns({ ...given, expected }, made, struck, unknown) : []),
    ...madeTooOften(made, [...given.expected, ...expected]),
    ...(ranAgain.length > 0 ? [`ran again although they had an entry: ${ranAgain.join(", ")}`] : []),
    ...(new Set(finals).size > 1 ? [`its final status changed: ${finals.join(", ")}`] : []),
  ];
}

type Paths = { readonly [workflow: string]: readonly string[] };

function unknownOf(runs: readonly WholeRun[]): Paths {
  const found = runs.flatMap((one) =>
    unknownIn(one).map((path) => ({ workflow: one.record.workflow, path })),
  );
  const byWorkflow = Map.groupBy(found, ({ workflow }) => workflow);
  return Object.fromEntries([...byWorkflow].map(([name, all]) => [name, all.map(({ path }) => path)]));
}

function differentRuns(
  { expected, races, sharesBeside }: RandomCase,
  made: readonly WholeRun[],
  struck: boolean,
  unknown: Paths,
): readonly string[] {
  const rules: Rules = {
    counted: !struck,
    races: races === true,
    mixed: struck || sharesBeside,
    lanes: valuesOf(expected, ({ calls }) => calls.map(({ path, lane }) => [path, lane])),
    shared: valuesOf(expected, ({ shared }) => [...shared].map((path) => [path, path])),
    unknown,
  };
  const ours = made.map((one) => comparable(factsOf(one), one.record.workflow, rules));
  const theirs = expected.map((one) => comparable(factsOfModel(one), one.workflow, rules));
  const [found, model] = [ours[0], theirs[0]];
  if (!found || !model) throw new Error("nothing is expected");
  const saysNothing = model.facts.said === null || model.facts.said === "";
  const others = (all: readonly Comparable[]) => {
    const texts = all.slice(1).map(({ facts: { said: _said, ...facts } }) => sorted(facts));
    return rules.races ? [] : rules.counted ? texts.sort() : [...new Set(texts)].sort();
  };
  const together = (all: readonly Comparable[]) => {
    const lines = all.flatMap(({ sharedCalls }) => sharedCalls);
    return rules.races ? [] : rules.counted ? lines.sort() : [...new Set(lines)].sort();
  };
  const said = saysNothing ? { said: model.facts.said ?? null } : {};
  return [
    ...differences({ ...found.facts, ...said }, model.facts),
    ...differences({ shared: together(ours) }, { shared: together(theirs) }),
    ...differences({ runs: others(ours) }, { runs: others(theirs) }),
  ];
}

interface Rules {
  /** Attempts are as many as the model says. */
  readonly counted: boolean;
  /** Steps beside others ended the run: how far those got is a matter of chance. */
  readonly races: boolean;
  /** Who made the call of a result that several share is a matter of chance. */
  readonly mixed: boolean;
  /** Where the order of calls is defined, by workflow and path. */
  readonly lanes: ReadonlyMap<string, string>;
  /** Steps that share results, by workflow and path. */
  readonly shared: ReadonlyMap<string, string>;
  /** Calls that may be made once, and of which nobody knows whether they were made. */
  readonly unknown: Paths;
}

interface Comparable {
  readonly facts: JsonObject;
  /** Calls whose results several share, without who made them. */
  readonly sharedCalls: string[];
}

/** Facts as plain values, without what is a matter of chance. */
function comparable(facts: Facts, workflow: string, rules: Rules): Comparable {
  const { status, state, output, error, said = null, settled, printed } = facts;
  const { counted, races, mixed, lanes, shared, unknown } = rules;
  const outcome = { status, state: masked(state, counted), output: masked(output, counted), said };
  if (races) return { facts: { ...outcome, error: error?.class ?? null }, sharedCalls: [] };
  const known = facts.calls.filter(({ path }) => !unknown[workflow]?.includes(path));
  const { own = [], common = [] } = Object.groupBy(known, ({ path }) =>
    mixed && shared.has(`${workflow} ${path}`) ? "common" : "own",
  );
  const byLane = Map.groupBy(own, ({ path }) => lanes.get(`${workflow} ${path}`) ?? "unexpected");
  const calls = [...byLane].map(([lane, all]) => {
    const lines = all.map((call) => lineOf(call, counted));
    return [lane, counted ? lines : [...new Set(lines)]] as const;
  });
  return {
    facts: {
      ...outcome,
      error: error && { ...error },
      settled: settled.map((end) => (mixed ? end.replace(/ cached$/, " ok") : end)).sort(),
      printed: printed.toSorted(),
      calls: Object.fromEntries(calls),
    },
    sharedCalls: common.map((call) => lineOf({ ...call, path: "" }, counted)),
  };
}

/** Values of runs' paths, by workflow and path. */
function valuesOf(
  runs: readonly ModelRun[],
  pairs: (run: ModelRun) => readonly (readonly [string, string])[],
): ReadonlyMap<string, string> {
  return new Map(
    runs.flatMap((run) => pairs(run).map(([path, value]) => [`${run.workflow} ${path}`, value] as const)),
  );
}

/** Calls that may be made once, and were made once more than the other side said that they had failed. */
function madeTooOften(made: readonly WholeRun[], expected: readonly ModelRun[]): readonly string[] {
  const most = new Map<string, number>();
  for (const { workflow, calls } of expected)
    for (const [path, all] of Map.groupBy(calls, (one) => `${workflow} ${one.path}`))
      if (all.some(({ isLast }) => isLast)) most.set(path, Math.max(most.get(path) ?? 0, all.length));
  return made.flatMap((one) => {
    const { runId, workflow } = one.record;
    const byPath = Map.groupBy(factsOf(one).calls, ({ path }) => path);
    return [...byPath]
      .filter(([path, all]) => all.length > (most.get(`${workflow} ${path}`) ?? Number.POSITIVE_INFINITY))
      .map(([path, all]) => `${path} of run ${runId} may be made once, and was made ${all.length} times`);
  });
}
