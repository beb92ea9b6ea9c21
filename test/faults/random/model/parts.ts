import type { Json, JsonObject } from "../../../../lib/core/json.ts";
import { acceptedValue, type Failure, foremost } from "./failure.ts";
import type { End, Place, Result, RunUnderWay, Scope, Work } from "./place.ts";
import { readerAt } from "./place.ts";
import { isMapping, type Write, written } from "./values.ts";

/** How an item or a branch ends: the list's end, or its result. */
export type PartEnd = End | { readonly kind: "result"; readonly value: Json };

/** Steps of an item or a branch. */
export interface Part {
  readonly steps: Json | undefined;
  readonly path: string;
  readonly scope: Scope;
  /** Path of its result; absent: everything its steps wrote. */
  readonly from: Json | undefined;
  /** Its failure becomes its result. */
  readonly accepts: boolean;
}

/** Runs a part to its result. */
export function* runPart(run: RunUnderWay, { steps, path, scope, from, accepts }: Part): Work<PartEnd> {
  const writes: Write[] = [];
  scope.open.push(writes);
  const list = run.list(steps, `${path}.`, scope);
  try {
    for (;;) {
      const turn = list.next();
      if (turn.done && turn.value) return turn.value;
      if (turn.done) {
        const value = from === undefined ? written({}, writes) : readerAt({ run, scope }).read(String(from));
        return { kind: "result", value: value ?? null };
      }
      if (accepts && turn.value.endsRun === undefined) return acceptedEnd(run, path, turn.value);
      yield turn.value;
    }
  } finally {
    list.return(undefined);
    scope.open.pop();
  }
}

/** The end of a part whose failure is accepted. */
export function acceptedEnd(run: RunUnderWay, path: string, failure: Failure): PartEnd {
  run.settled.push(`${path} failed`);
  return { kind: "result", value: acceptedValue(failure) };
}

/** Parts that run beside each other, and how those have ended that have. */
export interface Lanes {
  readonly works: readonly Work<PartEnd>[];
  readonly ends: Map<number, PartEnd>;
}

/** Tries those of the lanes that have not ended once more; the failures of those that fail. */
export function goOn({ works, ends }: Lanes, lanes: Iterable<number> = works.keys()): Map<number, Failure> {
  const failures = new Map<number, Failure>();
  for (const lane of lanes) {
    if (ends.has(lane)) continue;
    const turn = (works[lane] as Work<PartEnd>).next();
    if (turn.done) ends.set(lane, turn.value);
    else failures.set(lane, turn.value);
  }
  return failures;
}

/** All lanes to their ends: a delivery in which some fail, and none stops the run, fails as the foremost of them. */
export function* together(
  lanes: Lanes,
  tryAll: () => ReadonlyMap<number, Failure> = () => goOn(lanes),
): Work<readonly PartEnd[]> {
  const { works, ends } = lanes;
  try {
    for (;;) {
      const failure = foremost(tryAll().values());
      const isStopped = [...ends.values()].some(({ kind }) => kind === "stop");
      if (failure === undefined || isStopped)
        return [...ends].sort(([a], [b]) => a - b).map(([, end]) => end);
      yield failure;
    }
  } finally {
    for (const lane of works) lane.return({ kind: "drop" });
  }
}

/** Branches beside each other, each on the state as it was. */
export function* parallel({ run, step, path, scope: outer }: Place): Work<Result> {
  const branches = Object.entries(step.branches as JsonObject);
  const works = branches.map(([name, branch]) => {
    const lane = `${path}.${name}`;
    const scope = { state: outer.state, open: [], lane };
    const { steps, result_from: from } = isMapping(branch) ? branch : { steps: branch };
    return runPart(run, { steps, path: lane, scope, from, accepts: step.on_branch_error === "continue" });
  });
  const ends = yield* together({ works, ends: new Map() });
  const values = ends.map((one) => (one.kind === "result" ? one.value : null));
  const output = Object.fromEntries(branches.map(([name], index) => [name, values[index] ?? null]));
  return { end: endAmong(ends), output };
}

/** The end of the run that one of the parts brought about. */
export function endAmong(ends: readonly PartEnd[]): End | undefined {
  return ends.find((one) => one.kind === "stop");
}
