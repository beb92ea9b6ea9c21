import type { Json, JsonObject } from "../../../../lib/core/json.ts";
import { DELIVERIES, type Failure, foremost, heals, Refusal } from "./failure.ts";
import { acceptedEnd, endAmong, goOn, type Lanes, type PartEnd, runPart, together } from "./parts.ts";
import { type Place, type Result, readerAt, targetOf, type Work } from "./place.ts";
import { isMapping } from "./values.ts";

/** A loop: its items in the run, one after another or beside each other, or in chunks that are delivered by themselves. */
export function* forEach(place: Place): Work<Result> {
  const { step } = place;
  const source = String(step.input_from);
  const items = readerAt(place).read(source) ?? null;
  if (items !== null && !Array.isArray(items)) throw new Refusal("invalid_input");
  const list = (items ?? []) as readonly Json[];
  const ends = isIsolated(step) ? yield* isolatedItems(place, list) : yield* sharedItems(place, list);
  const results = ends.flatMap((one) => (one.kind === "result" ? [one.value] : []));
  const target = targetOf(step);
  const before = target === undefined ? undefined : readerAt(place).read(target);
  const output = combined(results, step.result_strategy, before);
  const isReplaced = step.result_strategy === "replace" && items !== null;
  return { end: endAmong(ends), output, ...(isReplaced && { also: [[source, output]] }) };
}

function isIsolated({ item_scope, mode }: JsonObject): boolean {
  return item_scope === "isolated" || mode === "distributed";
}

/** Items one after another, each with the variable in the place of what it hides. */
function* sharedItems({ run, step, path, scope }: Place, items: readonly Json[]): Work<readonly PartEnd[]> {
  const ends: PartEnd[] = [];
  const name = variableOf(step);
  for (const [index, item] of items.entries()) {
    const hidden = scope.state[name];
    scope.state = { ...scope.state, [name]: item };
    try {
      ends.push(yield* runPart(run, { ...partOf(step), path: `${path}.items.${index}`, scope }));
    } finally {
      const { [name]: _gone, ...others } = scope.state;
      scope.state = hidden === undefined ? others : { ...others, [name]: hidden };
    }
    if (ends.at(-1)?.kind === "stop") break;
  }
  return ends;
}

/** Items beside each other, each on a state of its own. */
function* isolatedItems(place: Place, items: readonly Json[]): Work<readonly PartEnd[]> {
  const { run, step, path, scope: outer } = place;
  const works = items.map((item, index) => {
    const lane = `${path}.items.${index}`;
    const scope = { state: { ...outer.state, [variableOf(step)]: item }, open: [], lane };
    return runPart(run, { ...partOf(step), path: lane, scope });
  });
  const lanes: Lanes = { works, ends: new Map() };
  return yield* together(lanes, () => {
    const isDistributed = step.mode === "distributed";
    const failures = isDistributed ? inChunks(lanes, Number(step.chunk_size ?? 50)) : goOn(lanes);
    if (failures.size > mostTolerated(step.tolerate, items.length)) return failures;
    if (foremost(failures.values())?.endsRun !== undefined) return failures;
    for (const [index, failure] of failures)
      lanes.ends.set(index, acceptedEnd(run, `${path}.items.${index}`, failure));
    return new Map();
  });
}

function mostTolerated(tolerate: Json = {}, items: number): number {
  const { count = 0, percent = 0 } = tolerate as { readonly count?: number; readonly percent?: number };
  return Math.max(count, Math.floor((percent * items) / 100));
}

/** Chunks with their own deliveries each, after which what has failed has failed for good. */
function inChunks(lanes: Lanes, size: number): Map<number, Failure> {
  const failures = new Map<number, Failure>();
  for (let from = 0; from < lanes.works.length; from += size) {
    const chunk = [...lanes.works.keys()].slice(from, from + size);
    let failed = goOn(lanes, chunk);
    for (let made = 1; made < DELIVERIES && mayHeal(failed); made += 1) failed = goOn(lanes, chunk);
    for (const [lane, failure] of failed) failures.set(lane, { ...failure, final: true });
  }
  return failures;
}

function mayHeal(failures: ReadonlyMap<number, Failure>): boolean {
  const all = [...failures.values()];
  return all.some(heals) && foremost(all)?.endsRun === undefined;
}

function variableOf({ var: name = "item" }: JsonObject): string {
  return String(name);
}

function partOf({ steps, result_from: from, on_item_error }: JsonObject) {
  return { steps, from, accepts: on_item_error === "continue" };
}

function combined(results: readonly Json[], strategy: Json | undefined, before: Json | undefined): Json {
  if (strategy === "merge_objects") return Object.assign({}, ...results.filter(isMapping));
  if (strategy === "extend_array") return [...(Array.isArray(before) ? before : []), ...results.flat()];
  return results;
}
