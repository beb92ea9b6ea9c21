import type { JsonObject } from "../../../../lib/core/json.ts";
import type { Chance } from "../chance.ts";
import { forEach, ifElse, parallel } from "./block-steps.ts";
import { httpCall, runWorkflow } from "./call-steps.ts";
import type { Draft } from "./draft.ts";
import { RandomPeers } from "./random-peers.ts";
import { RandomTexts } from "./random-texts.ts";
import type { Surroundings } from "./surroundings.ts";
import { filter, jq, set } from "./value-steps.ts";

const MOST_STEPS = 14;
const MOST_CHILD_STEPS = 4;

/** A file that has no steps yet; its own steps, and those of one that it starts, may share results. */
export function randomDraft(chance: Chance, without: readonly string[], parent?: Draft): Draft {
  const { often, pick, upTo } = chance;
  let made = 0;
  const draft: Draft = {
    chance,
    texts: new RandomTexts(chance),
    peers: new RandomPeers(chance),
    defaults: often(0.15)
      ? {
          ...(often(0.7) && { retries: 1 + upTo(1), backoff_seconds: pick([0, 1]) }),
          ...(often(0.25) && { swallow_on_error: true, ...(often(0.3) && { raw_on_error: true }) }),
        }
      : {},
    isChild: parent !== undefined,
    traits: { accepts: false, races: false, shares: false, sharesBeside: false, calls: 0, starters: [] },
    shared: parent?.shared ?? [],
    without,
    left: parent ? MOST_CHILD_STEPS : MOST_STEPS,
    enders: 1,
    name(kind) {
      made += 1;
      return `${parent ? "other_" : ""}${kind}${made}`;
    },
    list(most, place) {
      const steps: JsonObject[] = [];
      for (let count = 1 + upTo(most - 1); count > 0 && draft.left > 0; count -= 1) {
        draft.left -= 1;
        steps.push(randomStep(draft, place));
      }
      return steps;
    },
  };
  return draft;
}

function randomStep(draft: Draft, place: Surroundings): JsonObject {
  const { often } = draft.chance;
  const step = stepOfAnyType(draft, place);
  const when = often(0.14) && { when: draft.texts.conditions(place.readable) };
  return { ...step, ...when, ...(often(0.08) && { id: draft.name("own_id_") }) };
}

function stepOfAnyType(draft: Draft, place: Surroundings): JsonObject {
  const { chance, texts, isChild, traits } = draft;
  const { readable, beside, onFailure } = place;
  const nests = place.depth > 0 && !onFailure && draft.left > 0 ? 1 : 0;
  const ends = (onFailure ? 3 : 1.6) * (beside ? draft.enders : 1);
  const type = chance.weighted({
    http_call: 24,
    set: 9,
    jq: draft.without.includes("jq") ? 0 : 5,
    print: 5,
    if_else: 9 * nests,
    for_each: 18 * nests,
    parallel: 8 * nests,
    filter: 5,
    wait: onFailure ? 3 : 4,
    run_workflow: isChild || onFailure ? 0 : 7,
    // No chunk can end the run that it works for.
    stop: place.distributed ? 0 : ends,
    fail: ends,
    add_uuid: 3,
  });
  switch (type) {
    case "http_call":
      return httpCall(draft, place);
    case "set":
      return set(draft, place);
    case "jq":
      return jq(draft, place);
    case "print": {
      const prefix = chance.often(0.3) && { prefix: texts.text(readable) };
      return { type, text: texts.text(readable), ...prefix };
    }
    case "if_else":
      return ifElse(draft, place);
    case "for_each":
      return forEach(draft, place);
    case "parallel":
      return parallel(draft, place);
    case "filter":
      return filter(draft, place);
    case "wait":
      return { type, seconds: chance.pick([0, 1, 5, 60, 2000]) };
    case "run_workflow":
      return runWorkflow(draft, place);
    case "stop":
    case "fail":
      if (!beside) return { type, message: texts.text(readable) };
      draft.enders = 0;
      traits.races = true;
      return { type, message: "that is all" };
    case "add_uuid":
      return { type, output_to: chance.pick(["r1", "r2", "deep.uuid"]) };
  }
}
