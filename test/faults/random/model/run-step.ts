import type { Json, JsonObject } from "../../../../lib/core/json.ts";
import { cacheKey } from "./cache-key.ts";
import { hold } from "./conditions.ts";
import { acceptedValue, type Failure, failureOf, HEALING } from "./failure.ts";
import type { End, Place, Result, RunUnderWay, Scope, Work } from "./place.ts";
import { readerAt, targetOf } from "./place.ts";
import { isMapping, stateKeysOf, valueAt, type Write, written } from "./values.ts";
import { workOf } from "./work-of.ts";

/** One step: its condition, its attempts, what it writes, and what its failure means. */
export function* runStep(
  run: RunUnderWay,
  given: JsonObject,
  path: string,
  scope: Scope,
): Work<End | undefined> {
  const step = withDefaults(given, run.file.defaults);
  const attempt = { count: 0 };
  const place: Place = { run, step, path, scope, attempt };
  const work = workOf(place);
  const settle = (status: string) => void run.settled.push(`${path} ${status}`);
  try {
    for (;;) {
      let failure: Failure;
      try {
        if (attempt.count === 0 && !hold(step.when, readerAt(place))) return settle("skipped");
        const key = cacheKey(place);
        const kept = key === undefined ? undefined : run.world.cache.get(key);
        if (key !== undefined) run.shared.add(path);
        const turn = kept ? ({ done: true, value: kept } as const) : tryOut(work, step, attempt);
        if (turn.done) {
          const { end } = turn.value;
          if (key !== undefined) run.world.cache.set(key, turn.value);
          if (!end) write(scope, writesOf(place, turn.value));
          settle(kept ? "cached" : end ? `${end.kind}ped` : "ok");
          return end;
        }
        failure = turn.value;
      } catch (thrown) {
        failure = failureOf(thrown, path, attempt.count);
      }
      if (step.drop_on_failure === true && step.type !== "filter" && failure.endsRun === undefined) {
        settle("dropped");
        return { kind: "drop" };
      }
      try {
        if (accepts(place, failure)) return settle("failed");
      } catch (thrown) {
        failure = failureOf(thrown, path, attempt.count);
      }
      yield failure;
    }
  } finally {
    work.return({});
  }
}

/** A step that says where its result goes, or what its failure does, takes nothing of that from the file's defaults. */
function withDefaults(step: JsonObject, defaults: Json = {}): JsonObject {
  if (step.type !== "http_call" && step.type !== "run_workflow") return step;
  const isDecided = (step.drop_on_failure ?? step.swallow_on_error) !== undefined;
  const { drop_on_failure, swallow_on_error, ...others } = defaults as JsonObject;
  const policy = {
    ...(drop_on_failure !== undefined && { drop_on_failure }),
    swallow_on_error: swallow_on_error ?? false,
  };
  return { ...others, ...(!isDecided && policy), ...step };
}

/** All attempts of one delivery. */
function tryOut(
  work: Work<Result>,
  { retries = 0, retry_on = HEALING }: JsonObject,
  attempt: { count: number },
) {
  for (attempt.count = 1; ; attempt.count += 1) {
    const turn = work.next();
    if (turn.done || turn.value.endsRun !== undefined || attempt.count > Number(retries)) return turn;
    if (!(retry_on as readonly Json[]).includes(turn.value.class)) return turn;
  }
}

/** Goes on after a failure that the file accepts, with what stands in place of the result. */
function accepts({ step, scope }: Place, failure: Failure): boolean {
  const { swallow_on_error: swallows, raw_on_error: raw, drop_on_failure: drops } = step;
  if (failure.endsRun !== undefined || step.type === "filter" || !(swallows || drops === false)) return false;
  const value = swallows && !raw ? null : acceptedValue(failure);
  const target = targetOf(step);
  if (target === undefined) return true;
  const meta = { status: failure.status ?? null, duration_ms: 0, attempts: failure.attempts };
  const beside = step.type === "http_call" ? besideOf(scope, target, meta) : [];
  write(scope, [[target, value], ...beside]);
  return true;
}

function writesOf({ step, scope }: Place, { output, also = [], meta }: Result): readonly Write[] {
  const target = targetOf(step);
  const isMerged = step.inject === true && isMapping(output);
  const beside = meta && target !== undefined ? besideOf(scope, target, meta) : [];
  if (isMerged) return [...Object.entries(output), ...also, ...beside];
  const own: readonly Write[] = output === undefined || target === undefined ? [] : [[target, output]];
  return [...own, ...also, ...beside];
}

/** The write beside a result, which has no place where the result is an element of a list. */
function besideOf({ state }: Scope, target: string, meta: JsonObject): readonly Write[] {
  const keys = stateKeysOf(target);
  return Array.isArray(valueAt(state, keys.slice(0, -1))) ? [] : [[`${keys.join(".")}_meta`, meta]];
}

function write(scope: Scope, writes: readonly Write[]): void {
  scope.state = written(scope.state, writes);
  for (const block of scope.open) block.push(...writes);
}
