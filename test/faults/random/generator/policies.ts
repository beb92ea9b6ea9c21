import type { JsonObject } from "../../../../lib/core/json.ts";
import type { Draft } from "./draft.ts";
import type { Surroundings } from "./surroundings.ts";

/** What becomes of a step's failure. */
interface Policy {
  readonly accepted: boolean;
  /** Its result may hold an error's sentence. */
  readonly writesError: boolean;
}

/** Keys that say what a failure for good means. */
export function failureKeys(
  { chance: { often, pick } }: Draft,
  { accepted }: Surroundings,
  probability: number,
): JsonObject {
  if (!often(accepted ? probability / 3 : probability)) return {};
  return pick<JsonObject>([
    { swallow_on_error: true },
    { swallow_on_error: true, raw_on_error: true },
    { drop_on_failure: false },
    { drop_on_failure: true },
  ]);
}

/** The policy of an effect with these keys, which the file's defaults complete. */
export function policyOf({ defaults, traits }: Draft, keys: JsonObject, place: Surroundings): Policy {
  const isOwn = (keys.drop_on_failure ?? keys.swallow_on_error) !== undefined;
  const policy = isOwn ? { raw_on_error: defaults.raw_on_error ?? false, ...keys } : defaults;
  const drops = policy.drop_on_failure !== undefined;
  const accepted = place.accepted || drops || policy.swallow_on_error === true;
  if (accepted) traits.accepts = true;
  return { accepted, writesError: writesError(policy) };
}

/** True where a failure for good leaves its sentence in the state. */
export function writesError(keys: JsonObject): boolean {
  return keys.drop_on_failure === false || keys.raw_on_error === true;
}

/** Keys that say how often a step is tried. */
export function retryKeys({ chance: { often, pick, upTo } }: Draft): JsonObject {
  if (!often(0.4)) return {};
  return {
    retries: 1 + upTo(2),
    backoff_seconds: pick([0, 1, 2, 30, 100]),
    ...(often(0.2) && { backoff: "constant" }),
    ...(often(0.15) && { retry_on: pick([["client_error", "server_error"], [], ["rate_limited"]]) }),
  };
}

/** Where a result goes: what may hold an error's sentence stands where no text reads it. */
export function targetOf(
  { chance: { often, pick } }: Draft,
  place: Surroundings,
  mayHoldError: boolean,
): JsonObject {
  if (often(0.12)) return {};
  if (mayHoldError) return { output_to: pick(["f1", "f2", "r3"]) };
  if (often(0.08)) return { inject: true };
  if (!place.beside && !place.looped && often(0.04)) return { output_to: pick(["words[9]", "list.more"]) };
  const ofLoop = place.mappings.slice(-1).map((name) => `${name}.seen`);
  return { output_to: pick(["h1", "h2", "r1", "deep.h", "list[0].seen", "state.h1", ...ofLoop]) };
}
