import type { Json, JsonObject } from "../../../../lib/core/json.ts";
import { JQ_PROGRAMS } from "../model/jq-programs.ts";
import type { Draft } from "./draft.ts";
import { failureKeys, targetOf, writesError } from "./policies.ts";
import type { Surroundings } from "./surroundings.ts";

/** A `set` of plain values, lists and whatever can be read. */
export function set(
  { chance: { often, pick, several, upTo }, texts }: Draft,
  { readable, beside, looped }: Surroundings,
): JsonObject {
  const values = several(1 + upTo(2), (): readonly [string, Json] => {
    if (often(0.55)) return [pick(["v1", "v2", "v3", "deep.v", "n", "id.below"]), texts.plain(readable)];
    if (!beside && !looped && often(0.06)) return [pick(["words[9]", "words.none"]), 1];
    if (often(0.2)) return [pick(["words[0]", "list[0].more", 'obj["odd key"]']), pick(["w9", 4])];
    return [pick(["r1", "r2", "deep.r", "state.r3"]), texts.value(readable)];
  });
  return { type: "set", values: Object.fromEntries(values) };
}

/** A `filter` by conditions or groups of them. */
export function filter(
  { chance: { often, several, upTo }, texts }: Draft,
  { readable }: Surroundings,
): JsonObject {
  const groups = { groups: several(1 + upTo(1), () => ({ conditions: texts.conditions(readable) })) };
  return {
    type: "filter",
    ...(often(0.4) ? groups : { conditions: texts.conditions(readable) }),
    ...(often(0.4) && { drop_on_failure: false, output_to: "r2" }),
  };
}

/** A `jq` step; one that shares its result works on what is the same in every run. */
export function jq(draft: Draft, place: Surroundings): JsonObject {
  const { often, pick } = draft.chance;
  const keys = failureKeys(draft, place, 0.15);
  if ((keys.drop_on_failure ?? keys.swallow_on_error) !== undefined) draft.traits.accepts = true;
  const steady = ["words", "input.list", "input", ...place.variables.slice(-1)];
  const isShared = often(0.2);
  if (isShared && place.beside) draft.traits.sharesBeside = true;
  const from = isShared
    ? { input_from: pick(steady) }
    : often(0.4) && { input_from: pick([...steady, "obj", "text", "list", "h1", "r1", "gone", "n"]) };
  return {
    type: "jq",
    query: pick(JQ_PROGRAMS),
    ...from,
    ...(often(0.2) && { multiple: true }),
    ...(isShared && { cache: { ttl: 9_999_999, ...(often(0.3) && { scope: pick(["run", "stage"]) }) } }),
    ...targetOf(draft, place, writesError(keys)),
    ...keys,
  };
}
