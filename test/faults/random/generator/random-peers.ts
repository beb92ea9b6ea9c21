import type { Json, JsonObject } from "../../../../lib/core/json.ts";
import type { Chance } from "../chance.ts";

/** What the other side may do to a call here, so that faults in between change neither result nor end. */
export interface PeerPlace {
  /** Further attempts that the step makes by itself after a failure of a class of `retryOn`. */
  readonly retries: number;
  readonly retryOn: readonly string[];
  /** Some failure here is accepted: one that heals in a later delivery would be accepted or not as faults have it. */
  readonly accepted: boolean;
  /** A later delivery of the run may follow. */
  readonly redelivered: boolean;
  /** Something else runs at the same time. */
  readonly beside: boolean;
  /** The call may be made once: one that had no answer has failed for good. */
  readonly isOnce: boolean;
}

const HEALING = [
  { status: 503 },
  { status: 429 },
  { status: 500, body: { reason: "busy" } },
  { status: 408 },
  { error: "connection" },
];
// Those of them that are an answer come first.
const ANSWERS = 3;
const CLASSES = ["server_error", "rate_limited", "server_error", "timeout", "connection"];
const PERMANENT = [
  { status: 404, body: "no such thing" },
  { status: 410 },
  { status: 400, body: { fields: ["n"] } },
  { status: 422, body: "" },
];
const NO_ANSWER = [{ status: 408 }, { error: "connection" }];

/** Answers of the other side, and what they make of the case. */
export class RandomPeers {
  readonly #chance: Chance;
  readonly rules: JsonObject[] = [];
  /** Deliveries that calls here still may use up: a run has five. */
  #deliveries = 2;
  /** Some call fails as often as it is made, with a class that heals. */
  neverHeals = false;
  /** Some call fails for good. */
  failsForGood = false;
  /** A call beside others heals in a later delivery. */
  healsBeside = false;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** What the address answers each time it is called. */
  answer(url: string, place: PeerPlace): void {
    const { retries, retryOn, accepted, redelivered, isOnce } = place;
    const { pick, weighted, upTo } = this.#chance;
    const kind = upTo((isOnce ? ANSWERS : HEALING.length) - 1);
    const asksForTime = this.#chance.often(0.2);
    const failing: JsonObject = {
      ...HEALING[kind],
      ...(asksForTime && kind === 1 && { headers: { "retry-after": "20" } }),
    };
    const isRetried = retries > 0 && retryOn.includes(CLASSES[kind] as string);
    const mayComeLater = redelivered && !accepted && this.#deliveries > 0;
    const weights = {
      ok: 12,
      soon: isRetried ? 8 : 0,
      later: mayComeLater ? 3 : 0,
      never: 2.4,
      permanent: (accepted ? 5 : 1.2) + (isOnce ? 2 : 0),
    };
    const good = { body: this.body(url) };
    const chosen = weighted(weights);
    if (chosen === "later" && place.beside) this.healsBeside = true;
    const permanent = pick(isOnce ? [...PERMANENT, ...NO_ANSWER] : PERMANENT);
    this.#add(url, this.#answerOf(chosen, { failing, good, permanent, retries }));
  }

  #answerOf(
    kind: "ok" | "soon" | "later" | "never" | "permanent",
    answers: { failing: JsonObject; good: JsonObject; permanent: JsonObject; retries: number },
  ): JsonObject {
    const { upTo } = this.#chance;
    const { failing, good, permanent, retries } = answers;
    switch (kind) {
      case "ok":
        return good;
      case "soon":
        return { answers: [{ ...failing, times: 1 + upTo(retries - 1) }, good] };
      case "later": {
        const times = 1 + upTo(this.#deliveries - 1);
        this.#deliveries -= times;
        return { answers: [{ ...failing, times }, good] };
      }
      case "never":
        this.neverHeals = true;
        return failing;
      case "permanent":
        this.failsForGood = true;
        return permanent;
    }
  }

  /** The address answers the same each time. */
  steady(url: string): void {
    this.#add(url, { body: this.body(url) });
  }

  body(url: string): Json {
    const { pick } = this.#chance;
    const from = url.replace(/^.*\.test\//, "");
    return pick<Json>([
      { from },
      { from, n: pick([1, 5]), list: [{ id: "s", n: 1 }, { id: "t" }] },
      [{ id: "s", n: 2 }, 7],
      "plain text",
      12,
      null,
      { deep: { v: from, words: ["p"] } },
    ]);
  }

  #add(url: string, answer: JsonObject): void {
    this.rules.push({ url, ...answer });
  }
}
