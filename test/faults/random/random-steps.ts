import type { Json, JsonObject } from "../../../lib/core/json.ts";
import type { Chance } from "./chance.ts";
import type { RandomPeers } from "./random-peers.ts";
import { type RandomTexts, READABLE, type Readable } from "./random-texts.ts";

/** Where a step stands. */
export interface Surroundings {
  readonly depth: number;
  readonly readable: Readable;
  /** What tells apart the calls of one step in loops: a placeholder and its values. Undefined: that is not known. */
  readonly lanes: readonly Lane[] | undefined;
  /** Lists of the loops around. */
  readonly lists: readonly LoopSource[];
  /** Those of the loops around. */
  readonly variables: readonly string[];
  /** Those of them that are mappings. */
  readonly mappings: readonly string[];
  /** Something else runs at the same time. */
  readonly beside: boolean;
  /** A failure is accepted by a step around. */
  readonly accepted: boolean;
  readonly onFailure: boolean;
  readonly looped: boolean;
}

/** A placeholder for URLs, and what it may read. */
export interface Lane {
  readonly placeholder: string;
  readonly values: readonly string[];
}

/** A list to go through. Without `ids` nobody knows what is in it. */
export interface LoopSource {
  readonly path: string;
  readonly ids?: readonly string[];
  /** Its elements are mappings with `id` and `tags`. */
  readonly tags?: readonly string[];
}

const HEALING = ["timeout", "connection", "rate_limited", "server_error"];

/** What the steps of a case are like as a whole. */
export interface Traits {
  /** A failure is accepted somewhere: one more of them, by a fault, would change the result. */
  accepts: boolean;
  /** Steps beside others may end the run: how far those get is a matter of chance. */
  races: boolean;
  calls: number;
}

/** Makes random lists of steps. */
export class RandomSteps {
  readonly #chance: Chance;
  readonly #texts: RandomTexts;
  readonly #peers: RandomPeers;
  readonly #prefix: string;
  /** The file's `defaults`. */
  readonly #defaults: JsonObject;
  /** Every `run_workflow` that was made, and whether it is in a loop. */
  readonly starters: { readonly looped: boolean }[] = [];
  readonly traits: Traits = { accepts: false, races: false, calls: 0 };
  #left: number;
  #made = 0;
  #enders = 1;

  constructor(
    parts: { chance: Chance; texts: RandomTexts; peers: RandomPeers },
    { prefix, defaults, size }: { prefix: string; defaults: JsonObject; size: number },
  ) {
    this.#chance = parts.chance;
    this.#texts = parts.texts;
    this.#peers = parts.peers;
    this.#prefix = prefix;
    this.#defaults = defaults;
    this.#left = size;
  }

  /** A list of steps; at least one where the budget allows. */
  list(most: number, place: Surroundings): JsonObject[] {
    const steps: JsonObject[] = [];
    for (let count = 1 + this.#chance.upTo(most - 1); count > 0 && this.#left > 0; count -= 1) {
      this.#left -= 1;
      steps.push(this.#step(place));
    }
    return steps;
  }

  #step(place: Surroundings): JsonObject {
    const { often } = this.#chance;
    const step = this.#ofType(place);
    const when = often(0.14) && { when: this.#texts.conditions(place.readable) };
    return { ...step, ...when, ...(often(0.08) && { id: this.#name("own_id_") }) };
  }

  #ofType(place: Surroundings): JsonObject {
    const nests = place.depth > 0 && !place.onFailure && this.#left > 0 ? 1 : 0;
    const mayEnd = place.beside ? this.#enders : 1;
    const type = this.#chance.weighted({
      http_call: 24,
      set: 9,
      print: 5,
      if_else: 9 * nests,
      for_each: 15 * nests,
      parallel: 8 * nests,
      filter: 5,
      wait: place.onFailure ? 3 : 4,
      run_workflow: this.#prefix === "" && !place.onFailure ? 7 : 0,
      stop: (place.onFailure ? 3 : 1.6) * mayEnd,
      fail: (place.onFailure ? 3 : 1.6) * mayEnd,
      add_uuid: 3,
    });
    switch (type) {
      case "http_call":
        return this.#call(place);
      case "set":
        return this.#set(place);
      case "print": {
        const prefix = this.#chance.often(0.3) && { prefix: this.#texts.text(place.readable) };
        return { type, text: this.#texts.text(place.readable), ...prefix };
      }
      case "if_else":
        return this.#ifElse(place);
      case "for_each":
        return this.#forEach(place);
      case "parallel":
        return this.#parallel(place);
      case "filter":
        return this.#filter(place);
      case "wait": {
        return { type, seconds: this.#chance.pick([0, 1, 5, 60, 2000]) };
      }
      case "run_workflow":
        return this.#runWorkflow(place);
      case "stop":
      case "fail":
        if (!place.beside) return { type, message: this.#texts.text(place.readable) };
        this.#enders = 0;
        this.traits.races = true;
        return { type, message: "that is all" };
      case "add_uuid":
        return { type, output_to: this.#chance.pick(["r1", "r2", "deep.uuid"]) };
    }
  }

  #name(kind: string): string {
    this.#made += 1;
    return `${this.#prefix}${kind}${this.#made}`;
  }

  #call(place: Surroundings): JsonObject {
    const { often, pick } = this.#chance;
    this.traits.calls += 1;
    const keys = this.#failureKeys(place, 0.18);
    const retries = this.#retryKeys();
    const { accepted, writesError } = this.#policyOf(keys, place);
    const base = `https://x.test/${this.#name("c")}`;
    const lanes = place.lanes?.reduce((product, { values }) => product * values.length, 1) ?? 0;
    const isKnown = lanes > 0 && lanes <= 9;
    const peer = {
      retries: Number(retries.retries ?? this.#defaults.retries ?? 0),
      retryOn: (retries.retry_on as string[] | undefined) ?? HEALING,
      accepted,
      redelivered: !place.onFailure,
      beside: place.beside,
    };
    for (const url of isKnown ? urlsOf(base, place.lanes ?? []) : []) this.#peers.answer(url, peer);
    if (!isKnown) this.#peers.steady(base);
    const placeholders = isKnown ? (place.lanes ?? []).map(({ placeholder }) => `/${placeholder}`) : [];
    const sends = often(0.5) && { method: pick(["POST", "PUT"]), body: this.#texts.value(place.readable) };
    const asks = often(0.2) && { query: { q: this.#texts.text(place.readable), n: "${n}" } };
    return {
      type: "http_call",
      url: `${base}${placeholders.join("")}`,
      ...sends,
      ...asks,
      ...(often(0.06) && { response: "full" }),
      ...(often(0.08) && { allow_status: [404, 410] }),
      ...this.#target(place, writesError),
      ...keys,
      ...retries,
    };
  }

  /** Where a result goes: what may hold an error's sentence stands where no text reads it. */
  #target(place: Surroundings, writesError: boolean): JsonObject {
    const { often, pick } = this.#chance;
    if (often(0.12)) return {};
    if (writesError) return { output_to: pick(["f1", "f2", "r3"]) };
    if (often(0.08)) return { inject: true };
    if (!place.beside && !place.looped && often(0.04)) return { output_to: pick(["words[9]", "list.more"]) };
    const ofLoop = place.mappings.slice(-1).map((name) => `${name}.seen`);
    return { output_to: pick(["h1", "h2", "r1", "deep.h", "list[0].seen", "state.h1", ...ofLoop]) };
  }

  /** Keys that say what a failure for good means. */
  #failureKeys({ accepted }: Surroundings, probability: number): JsonObject {
    const { often, pick } = this.#chance;
    if (!often(accepted ? probability / 3 : probability)) return {};
    return pick<JsonObject>([
      { swallow_on_error: true },
      { swallow_on_error: true, raw_on_error: true },
      { drop_on_failure: false },
      { drop_on_failure: true },
    ]);
  }

  #policyOf(
    keys: JsonObject,
    place: Surroundings,
  ): { readonly accepted: boolean; readonly writesError: boolean } {
    const isOwn = (keys.drop_on_failure ?? keys.swallow_on_error) !== undefined;
    const policy = isOwn ? { raw_on_error: this.#defaults.raw_on_error ?? false, ...keys } : this.#defaults;
    const drops = policy.drop_on_failure !== undefined;
    const accepted = place.accepted || drops || policy.swallow_on_error === true;
    if (accepted) this.traits.accepts = true;
    const writesError = policy.drop_on_failure === false || policy.raw_on_error === true;
    return { accepted, writesError };
  }

  #retryKeys(): JsonObject {
    const { often, pick } = this.#chance;
    if (!often(0.4)) return {};
    const backoff_seconds = pick([0, 1, 2, 30, 100]);
    return {
      retries: 1 + this.#chance.upTo(2),
      backoff_seconds,
      ...(often(0.2) && { backoff: "constant" }),
      ...(often(0.15) && { retry_on: pick([["client_error", "server_error"], [], ["rate_limited"]]) }),
    };
  }

  #set({ readable, beside, looped }: Surroundings): JsonObject {
    const { often, pick, several, upTo } = this.#chance;
    const values = several(1 + upTo(2), (): readonly [string, Json] => {
      if (often(0.55))
        return [pick(["v1", "v2", "v3", "deep.v", "n", "id.below"]), this.#texts.plain(readable)];
      if (!beside && !looped && often(0.06)) return [pick(["words[9]", "words.none"]), 1];
      if (often(0.2)) return [pick(["words[0]", "list[0].more", 'obj["odd key"]']), pick(["w9", 4])];
      return [pick(["r1", "r2", "deep.r", "state.r3"]), this.#texts.value(readable)];
    });
    return { type: "set", values: Object.fromEntries(values) };
  }

  #filter({ readable }: Surroundings): JsonObject {
    const { often, several, upTo } = this.#chance;
    const groups = { groups: several(1 + upTo(1), () => ({ conditions: this.#texts.conditions(readable) })) };
    return {
      type: "filter",
      ...(often(0.4) ? groups : { conditions: this.#texts.conditions(readable) }),
      ...(often(0.4) && { drop_on_failure: false, output_to: "r2" }),
    };
  }

  /** Keys of a step with steps of its own, and the place of those. */
  #around(place: Surroundings): {
    readonly keys: JsonObject;
    readonly inside: Surroundings;
    writesError: boolean;
  } {
    const keys: JsonObject = {
      ...this.#failureKeys(place, 0.12),
      ...(this.#chance.often(0.12) && { retries: 1 }),
    };
    const accepts = (keys.drop_on_failure ?? keys.swallow_on_error) !== undefined;
    if (accepts) this.traits.accepts = true;
    const writesError = keys.drop_on_failure === false || keys.raw_on_error === true;
    const inside = {
      ...place,
      depth: place.depth - 1,
      accepted: place.accepted || accepts,
      looped: place.looped || keys.retries !== undefined,
    };
    return { keys, inside, writesError };
  }

  #ifElse(place: Surroundings): JsonObject {
    const { often, pick, several, upTo } = this.#chance;
    const { keys, inside } = this.#around(place);
    const branch = () => ({
      conditions: this.#texts.conditions(place.readable),
      ...(often(0.25) && { match: pick(["any", "all"]) }),
    });
    const steps = this.list(3, inside);
    return {
      type: "if_else",
      ...(often(0.2) ? { if: branch(), steps } : { if: { ...branch(), steps } }),
      ...(often(0.35) && {
        else_if: several(1 + upTo(1), () => ({ ...branch(), steps: this.list(2, inside) })),
      }),
      ...(often(0.55) && { else: often(0.85) ? { steps: this.list(3, inside) } : {} }),
      ...(often(0.4) && { output_to: "r3" }),
      ...keys,
    };
  }

  #forEach(place: Surroundings): JsonObject {
    const { often, pick } = this.#chance;
    const { keys, inside, writesError } = this.#around(place);
    const isolated = often(0.5);
    const source = pick([
      ...place.lists,
      ...place.lists,
      { path: "r1" },
      { path: "h1.list" },
      { path: "gone" },
    ]);
    const isKnown = source.ids !== undefined;
    const variable = pick(["item", "row", "obj", "one"].filter((name) => !place.variables.includes(name)));
    const replaces = isKnown && !source.path.startsWith("input") && !writesError && often(0.2);
    const continues = !replaces && often(0.25);
    if (continues) this.traits.accepts = true;
    const field = source.tags ? `${variable}.id` : variable;
    const steps = this.list(3, {
      ...inside,
      variables: [...place.variables, variable],
      mappings: source.tags ? [...place.mappings, variable] : [],
      looped: true,
      beside: inside.beside || isolated,
      accepted: inside.accepted || continues,
      readable: {
        plain: [
          ...(isKnown ? [field, field, ...(source.tags ? [`${variable}.n`] : [])] : []),
          ...withoutBelow(place.readable.plain, variable),
        ],
        any: [variable, ...place.readable.any],
      },
      lanes: place.lanes &&
        source.ids && [...place.lanes, { placeholder: `\${${field}}`, values: source.ids }],
      lists: [...place.lists, ...(source.tags ? [{ path: `${variable}.tags`, ids: source.tags }] : [])],
    });
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
      ...(isolated && { item_scope: "isolated", ...(often(0.6) && { concurrency: pick([1, 2, 3]) }) }),
      ...(continues && { on_item_error: "continue" }),
      ...result,
      ...(often(0.75) && { output_to: pick(["r1", "r2", "deep.all", "r3"]) }),
      steps,
      ...keys,
    };
  }

  #parallel(place: Surroundings): JsonObject {
    const { often, several, upTo, pick } = this.#chance;
    const { keys, inside } = this.#around(place);
    const continues = often(0.25);
    if (continues) this.traits.accepts = true;
    const beside = { ...inside, beside: true, accepted: inside.accepted || continues };
    const branches = several(1 + upTo(2), (index): readonly [string, Json] => {
      const steps = this.list(2, beside);
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

  #runWorkflow(place: Surroundings): JsonObject {
    const { often, pick } = this.#chance;
    this.starters.push({ looped: place.looped || place.lanes === undefined });
    const keys = this.#failureKeys(place, 0.25);
    const { writesError } = this.#policyOf(keys, place);
    const event = pick<JsonObject>([
      { event: { id: "${id}", n: "${n}", words: ["p", "q"], list: [{ id: "u" }] } },
      { event: this.#texts.value(place.readable) },
      { input_from: pick(["list[0]", "obj", "gone"]) },
      {},
    ]);
    return {
      type: "run_workflow",
      name: "other",
      ...event,
      ...(often(0.25) && { await: false }),
      ...(often(0.6) && { output_to: writesError ? "f1" : pick(["r1", "r2"]) }),
      ...keys,
      ...(often(0.2) && { retries: 1, ...(often(0.7) && { retry_on: ["client_error", "refused"] }) }),
    };
  }
}

/** The outermost place of a workflow whose event has these lists. */
export function outermost(lists: readonly LoopSource[]): Surroundings {
  return {
    depth: 3,
    readable: READABLE,
    lanes: [],
    lists,
    variables: [],
    mappings: [],
    beside: false,
    accepted: false,
    onFailure: false,
    looped: false,
  };
}

function urlsOf(base: string, lanes: readonly Lane[]): readonly string[] {
  return lanes.reduce<string[]>(
    (urls, { values }) => urls.flatMap((url) => values.map((value) => `${url}/${value}`)),
    [base],
  );
}

/** A loop's variable hides what was known below its name. */
function withoutBelow(paths: readonly string[], name: string): readonly string[] {
  return paths.filter(
    (path) => path !== name && !/^[.[]/.test(path.slice(path.startsWith(name) ? name.length : path.length)),
  );
}
