import type { JsonObject } from "../../../../lib/core/json.ts";
import type { Draft } from "./draft.ts";
import { failureKeys, policyOf, retryKeys, targetOf } from "./policies.ts";
import { addressesOf, type Surroundings } from "./surroundings.ts";

const HEALING = ["timeout", "connection", "rate_limited", "server_error"];

/** A call, whose answers are made with it. */
export function httpCall(draft: Draft, place: Surroundings): JsonObject {
  const { often } = draft.chance;
  draft.traits.calls += 1;
  if (draft.shared.length > 0 && often(draft.isChild ? 0.5 : 0.35)) return sharedCall(draft, place);
  const isCached = often(0.25);
  const isOnce = !isCached && !draft.without.includes("effect") && often(0.2);
  const keys = failureKeys(draft, place, 0.18);
  const retries = retryKeys(draft);
  const { accepted, writesError } = policyOf(draft, keys, place);
  const base = `https://x.test/${draft.name("c")}`;
  // Items that share a result ask one address.
  const addresses = isCached && often(0.6) ? [] : addressesOf(base, place);
  for (const url of addresses)
    draft.peers.answer(url, {
      retries: Number(retries.retries ?? draft.defaults.retries ?? 0),
      retryOn: (retries.retry_on as string[] | undefined) ?? HEALING,
      accepted,
      // Who of those that share a result meets what heals later would be a matter of chance.
      redelivered: !place.onFailure && !isCached,
      beside: place.beside,
      isOnce,
    });
  if (addresses.length === 0) draft.peers.steady(base);
  const placeholders = addresses.length > 0 ? (place.lanes ?? []).map(({ placeholder }) => placeholder) : [];
  const step = {
    type: "http_call",
    url: [base, ...placeholders].join("/"),
    ...(isCached ? cachedParameters(draft, place, placeholders) : parameters(draft, place)),
    ...(often(0.06) && { response: "full" }),
    ...(often(0.08) && { allow_status: [404, 410] }),
    ...(isOnce && { effect: "at_most_once" }),
    ...targetOf(draft, place, writesError),
    ...keys,
    ...retries,
  };
  if (isCached && addresses.length === 0) draft.shared.push(step);
  return step;
}

function parameters({ chance: { often, pick }, texts }: Draft, { readable }: Surroundings): JsonObject {
  return {
    ...(often(0.5) && { method: pick(["POST", "PUT"]), body: texts.value(readable) }),
    ...(often(0.2) && { query: { q: texts.text(readable), n: "${n}" } }),
  };
}

/** Whatever is kept under one key is one answer: its address hangs on the key only. */
function cachedParameters(
  { chance: { often, pick }, texts, traits }: Draft,
  { readable, beside, lanes = [] }: Surroundings,
  placeholders: readonly string[],
): JsonObject {
  traits.shares = true;
  if (beside) traits.sharesBeside = true;
  const scope = often(0.5) && { scope: pick(["run", "stage", "stage"]) };
  if (often(0.5))
    return {
      ...(often(0.6) && { method: "POST", body: texts.plain(readable) }),
      cache: { ttl: 9_999_999, ...scope },
    };
  const more = often(0.5) ? [pick(["${id}", "${n}", "${text}", "${gone}", "${none}", "${none, 7}"])] : [];
  const ofItems = often(0.6) ? lanes.map(({ placeholder }) => placeholder) : placeholders;
  const key = ["all", ...ofItems, ...more].join(" ");
  return {
    ...(often(0.3) && { method: "PUT", body: { for: placeholders } }),
    cache: { ttl: 9_999_999, key, ...scope },
  };
}

/** A call that is made elsewhere too, as it stands there. */
function sharedCall(draft: Draft, place: Surroundings): JsonObject {
  const step = draft.chance.pick(draft.shared);
  policyOf(draft, step, place);
  draft.traits.shares = true;
  if (place.beside) draft.traits.sharesBeside = true;
  return step;
}

/** A step that starts a run of the workflow `other`. */
export function runWorkflow(draft: Draft, place: Surroundings): JsonObject {
  const { often, pick } = draft.chance;
  const isLoose = often(0.25);
  draft.traits.starters.push({
    looped: place.looped || place.lanes === undefined,
    beside: place.beside || isLoose,
  });
  const keys = failureKeys(draft, place, 0.25);
  const { writesError } = policyOf(draft, keys, place);
  const event = pick<JsonObject>([
    { event: { id: "${id}", n: "${n}", words: ["p", "q"], list: [{ id: "u" }] } },
    { event: draft.texts.value(place.readable) },
    { input_from: pick(["list[0]", "obj", "gone"]) },
    {},
  ]);
  return {
    type: "run_workflow",
    name: "other",
    ...event,
    ...(isLoose && { await: false }),
    ...(often(0.6) && { output_to: writesError ? "f1" : pick(["r1", "r2"]) }),
    ...keys,
    ...(often(0.2) && { retries: 1, ...(often(0.7) && { retry_on: ["client_error", "refused"] }) }),
  };
}
