import type { Json, JsonObject } from "../../../lib/core/json.ts";
import { isMapping, valueAt } from "./model/values.ts";
import { type RandomCase, withExpected } from "./random-case.ts";

type Keys = readonly (string | number)[];

/**
 * A smaller case on which `disagrees` still holds: steps, keys and values are left out, the largest first, as long as
 * that is so. `disagrees` answers with false for what is no workflow any more.
 */
export async function shrinkCase(
  given: RandomCase,
  disagrees: (smaller: RandomCase) => Promise<boolean>,
): Promise<RandomCase> {
  let best = given;
  let progress = true;
  const attempt = async (
    keys: Keys,
    change: (parent: Json, key: string | number) => Json,
  ): Promise<boolean> => {
    const { file, workflows, event, http } = best;
    const parts = changedAt({ file, workflows, event, http }, keys, change) as JsonObject;
    const smaller = expectedOf({ ...best, ...(parts as Partial<RandomCase>) });
    if (!smaller || !(await disagrees(smaller))) return false;
    best = smaller;
    progress = true;
    return true;
  };
  const visit = async (keys: Keys): Promise<void> => {
    const value = valueAt(best as unknown as JsonObject, keys.map(String));
    const inner = Array.isArray(value)
      ? [...value.keys()].reverse()
      : isMapping(value)
        ? Object.keys(value)
        : [];
    for (const key of inner) {
      const at = [...keys, key];
      if (await attempt(at, without)) continue;
      if (typeof key === "number" && (await attempt(at, hoisted))) continue;
      await visit(at);
    }
  };
  while (progress) {
    progress = false;
    for (const part of ["file", "workflows", "event", "http"]) await visit([part]);
  }
  return best;
}

/** Undefined: the model cannot read what is left. */
function expectedOf(given: RandomCase): RandomCase | undefined {
  try {
    return withExpected(given);
  } catch {
    return undefined;
  }
}

function changedAt(value: Json, keys: Keys, change: (parent: Json, key: string | number) => Json): Json {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (rest.length === 0) return change(value, key);
  if (Array.isArray(value)) return value.with(Number(key), changedAt(value[Number(key)], rest, change));
  const parent = value as JsonObject;
  return { ...parent, [key]: changedAt(parent[key] as Json, rest, change) };
}

function without(parent: Json, key: string | number): Json {
  if (Array.isArray(parent)) return parent.toSpliced(Number(key), 1);
  const { [key]: _gone, ...others } = parent as JsonObject;
  return others;
}

/** Steps of a step in its place. */
function hoisted(parent: Json, key: string | number): Json {
  if (!Array.isArray(parent)) return parent;
  return parent.toSpliced(Number(key), 1, ...stepsIn(parent[Number(key)]));
}

function stepsIn(value: Json): readonly Json[] {
  if (!isMapping(value)) return [];
  if (Array.isArray(value.steps)) return value.steps;
  return Object.values(value).flatMap(stepsIn);
}
