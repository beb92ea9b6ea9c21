import type { Write } from "../core/journal.ts";
import { type JsonObject, jsonEquals } from "../core/json.ts";

/** The writes that make one state of another: keys that are gone, and those that are new or changed. */
export function replaceState(before: JsonObject, after: JsonObject): Write[] {
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  const changed = Object.entries(after).filter(
    ([key, value]) => !Object.hasOwn(before, key) || !jsonEquals(before[key], value),
  );
  return [
    ...gone.map((key) => ({ path: [key] })),
    ...changed.map(([key, value]) => ({ path: [key], value })),
  ];
}
