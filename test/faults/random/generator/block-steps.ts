import type { Json, JsonObject } from "../../../../lib/core/json.ts";
import { httpCall } from "./call-steps.ts";
import type { Draft } from "./draft.ts";
import { failureKeys, writesError } from "./policies.ts";
import type { LoopSource, Surroundings } from "./surroundings.ts";

/** Branches by conditions. */
export function ifElse(draft: Draft, place: Surroundings): JsonObject {
  const { often, pick, several, upTo } = draft.chance;
  const { keys, inside } = around(draft, place);
  const branch = (): JsonObject => ({
    conditions: draft.texts.conditions(place.readable),
    ...(often(0.25) && { match: pick(["any", "all"]) }),
  });
  const steps = draft.list(3, inside);
  return {
    type: "if_else",
    ...(often(0.2) ? { if: branch(), steps } : { if: { ...branch(), steps } }),
    ...(often(0.35) && {
      else_if: several(1 + upTo(1), () => ({ ...branch(), steps: draft.list(2, inside) })),
    }),
    ...(often(0.55) && { else: often(0.85) ? { steps: draft.list(3, inside) } : {} }),
    ...(often(0.4) && { output_to: "r3" }),
    ...keys,
  };
}

/** A loop over a list of the event, of a loop around, or over what an earlier step left. */
export function forEach(draft: Draft, place: Surroundings): JsonObject {
  const { often, pick } = draft.chance;
  const { keys, inside } = around(draft, place);
  const source = pick<LoopSource>([
    ...place.lists,
    ...place.lists,
    { path: "r1" },
    { path: "h1.list" },
    { path: "gone" },
  ]);
  const isKnown = source.ids !== undefined;
  const variable = pick(["item", "row", "obj", "one"].filter((name) => !place.variables.includes(name)));
  const replaces = isKnown && !source.path.startsWith("input") && !writesError(keys) && often(0.2);
  const field = source.tags ? `${variable}.id` : variable;
  const { own, ...where } = scopeOf(draft, inside, replaces);
  const items = { ...inside, ...namesIn(inside, source, variable), ...where };
  // What loops promise of failures and of shared results shows where items make calls.
  const steps = [...(often(0.4) ? [httpCall(draft, items)] : []), ...draft.list(3, items)];
  const result = replaces
    ? { result_strategy: "replace", result_from: pick([variable, field]) }
    : {
        ...(often(0.4) && { result_strategy: pick(["extend_array", "merge_objects", "collect"]) }),
        ...(often(0.4) && { result_from: pick(["h1", "r1", "v1", variable, "gone"]) }),
      };
  return {
    type: "for_each",
    input_from: source.path,
    ...(variable !== "item" && { var: variable }),
    ...own,
    ...result,
    ...(often(0.75) && { output_to: pick(["r1", "r2", "deep.all", "r3"]) }),
    steps,
    ...keys,
  };
}

/** Where a loop's items run, and what their failures mean. A result that may hold an error replaces no list. */
function scopeOf({ chance: { often, pick, upTo }, traits }: Draft, place: Surroundings, replaces: boolean) {
  const mode = pick(["shared", "shared", "isolated", "distributed"]);
  const isolated = mode !== "shared";
  const continues = !replaces && often(0.2);
  const tolerates = isolated && !replaces && !continues && often(0.5);
  if (continues || tolerates) traits.accepts = true;
  const tolerate = often(0.5) ? { count: upTo(2) } : { percent: pick([0, 34, 50, 66.7, 100]) };
  const own: JsonObject = {
    ...(mode === "isolated" && { item_scope: mode }),
    ...(mode === "distributed" && { mode, chunk_size: 1 + upTo(2) }),
    ...(isolated && often(0.6) && { concurrency: pick([1, 2, 3]) }),
    ...(continues && { on_item_error: "continue" }),
    ...(tolerates && { tolerate }),
  };
  return {
    own,
    looped: true,
    beside: place.beside || isolated,
    distributed: place.distributed || mode === "distributed",
    accepted: place.accepted || continues || tolerates,
  };
}

/** What the names of an item mean. */
function namesIn(place: Surroundings, { ids, tags }: LoopSource, variable: string) {
  const field = tags ? `${variable}.id` : variable;
  const ofItem = ids ? [field, field, ...(tags ? [`${variable}.n`] : [])] : [];
  return {
    variables: [...place.variables, variable],
    mappings: tags ? [...place.mappings, variable] : [],
    readable: {
      plain: [...ofItem, ...withoutBelow(place.readable.plain, variable)],
      any: [variable, ...place.readable.any],
    },
    lanes: place.lanes && ids && [...place.lanes, { placeholder: `\${${field}}`, values: ids }],
    lists: [...place.lists, ...(tags ? [{ path: `${variable}.tags`, ids: tags }] : [])],
  };
}

/** Branches beside each other. */
export function parallel(draft: Draft, place: Surroundings): JsonObject {
  const { often, several, upTo, pick } = draft.chance;
  const { keys, inside } = around(draft, place);
  const continues = often(0.25);
  if (continues) draft.traits.accepts = true;
  const beside = { ...inside, beside: true, accepted: inside.accepted || continues };
  const branches = several(1 + upTo(2), (index): readonly [string, Json] => {
    const steps = draft.list(2, beside);
    return [`b${index + 1}`, often(0.3) ? { steps, result_from: pick(["h1", "v1", "r1"]) } : steps];
  });
  return {
    type: "parallel",
    branches: Object.fromEntries(branches),
    ...(continues && { on_branch_error: "continue" }),
    ...(often(0.3) && { output_to: "r2" }),
    ...keys,
  };
}

/** Keys of a step with steps of its own, and the place of those. */
function around(draft: Draft, place: Surroundings) {
  const keys: JsonObject = {
    ...failureKeys(draft, place, 0.12),
    ...(draft.chance.often(0.2) && { retries: 1 }),
  };
  const accepts = (keys.drop_on_failure ?? keys.swallow_on_error) !== undefined;
  if (accepts) draft.traits.accepts = true;
  const inside = {
    ...place,
    depth: place.depth - 1,
    accepted: place.accepted || accepts,
    looped: place.looped || keys.retries !== undefined,
  };
  return { keys, inside };
}

/** A loop's variable hides what was known below its name. */
function withoutBelow(paths: readonly string[], name: string): readonly string[] {
  return paths.filter(
    (path) => path !== name && !/^[.[]/.test(path.slice(path.startsWith(name) ? name.length : path.length)),
  );
}
