import { isObject, type Json, type JsonObject } from "../core/json.ts";

/** How the results of a loop become one value. */
export type ResultStrategy = "collect" | "replace" | "extend_array" | "merge_objects";

/**
 * One value of all results: the list of them; with `extend_array` the list `before` with them behind it, lists flattened
 * one level; with `merge_objects` one object in which later results win, and results that are no object are named to `warn`.
 */
export function combineResults(
  results: readonly Json[],
  strategy: ResultStrategy,
  before: Json | undefined,
  warn: (message: string) => void,
): Json {
  if (strategy === "merge_objects") return mergeObjects(results, warn);
  if (strategy === "extend_array") return [...(Array.isArray(before) ? before : []), ...results.flat()];
  return results;
}

function mergeObjects(results: readonly Json[], warn: (message: string) => void): JsonObject {
  const objects = results.filter(isObject);
  const left = results.length - objects.length;
  if (left > 0) warn(`${left} of ${results.length} results are no objects and were left out of the merge`);
  return Object.fromEntries(objects.flatMap((one) => Object.entries(one)));
}
