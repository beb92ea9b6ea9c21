import type { Json, JsonObject } from "../../../lib/core/json.ts";
import type { Jq } from "../../../lib/core/ports/jq.ts";
import type { FaultCase } from "../workflows.ts";
import { chanceOf } from "./chance.ts";
import type { Draft } from "./generator/draft.ts";
import { randomDraft } from "./generator/random-draft.ts";
import { randomEvent } from "./generator/random-event.ts";
import { READABLE } from "./generator/random-texts.ts";
import { outermost, type Surroundings } from "./generator/surroundings.ts";
import type { ModelRun, ModelWorld } from "./model/place.ts";
import { runModel } from "./model/run-model.ts";

/** A workflow with its world, and what is to become of it. */
export interface RandomCase extends FaultCase {
  readonly seed: number;
  readonly event: Json;
  readonly http: readonly JsonObject[];
  readonly workflows: { readonly [name: string]: JsonObject };
  /** Steps beside others share results: who makes the call is a matter of chance. */
  readonly sharesBeside: boolean;
  /** The run of the event, and behind it those that it started. */
  readonly expected: readonly ModelRun[];
}

/** What a case is made with. */
interface CaseParts {
  /** Evaluates its programs. */
  readonly jq?: Jq;
  /** Step types and keys that are left out of it. */
  readonly without?: readonly string[];
}

/** A workflow made by chance, the same for the same seed, with what the model says of it. */
export function randomCase(seed: number, { jq, without = [] }: CaseParts): RandomCase {
  const chance = chanceOf(seed);
  const { event, lists } = randomEvent(chance);
  const main = randomDraft(chance, without);
  const place = outermost(lists);
  const file = fileOf(main, place, 7);
  const { starters } = main.traits;
  const other = starters.length > 0 ? randomDraft(chance, without, main) : undefined;
  // Several runs of it ask the same addresses.
  const restarts = starters.length > 1 || starters[0]?.looped === true;
  const below = { ...outermost([]), ...(restarts && { lanes: undefined }) };
  const workflows = other ? { other: fileOf(other, below, 4) } : undefined;
  const drafts = [main, ...(other ? [other] : [])];
  const hasAlarm = [file, ...Object.values(workflows ?? {})].map((one) => one.on_failure !== undefined);
  const traits = traitsOf(drafts, hasAlarm);
  return withExpected({
    seed,
    ...(jq && { jq }),
    file,
    workflows: workflows ?? {},
    event,
    http: [
      ...drafts.flatMap(({ peers }) => peers.rules),
      { url: "https://x.test/*", body: { from: "anywhere" } },
    ],
    ...traits,
  });
}

function traitsOf(
  drafts: readonly Draft[],
  hasAlarm: readonly boolean[],
): Pick<RandomCase, "acceptsFailures" | "races" | "sharesBeside"> {
  const acceptsFailures = drafts.some(({ traits, peers }, index) => {
    const endsEarly = peers.neverHeals || peers.failsForGood || traits.races;
    return traits.accepts || endsEarly || (hasAlarm[index] && traits.calls > 0);
  });
  // Where one fails for good, whether another one beside it had the time to heal is a matter of chance too.
  const races = drafts.some(({ traits, peers }) => traits.races || (peers.healsBeside && peers.failsForGood));
  const [main, other] = drafts.map(({ traits }) => traits);
  const isShared = other?.shares === true && main?.starters.some(({ beside }) => beside) === true;
  return {
    sharesBeside: isShared || drafts.some(({ traits }) => traits.sharesBeside),
    ...(acceptsFailures && { acceptsFailures: true }),
    ...(races && { races: true }),
  };
}

function fileOf(draft: Draft, place: Surroundings, most: number): JsonObject {
  const { defaults, texts } = draft;
  const { often } = draft.chance;
  const steps = draft.list(most, place);
  const onFailure = often(0.35) && draft.list(3, { ...place, onFailure: true, readable: withError() });
  return {
    environment: [{ name: "REGION", default: "eu-north" }],
    ...(Object.keys(defaults).length > 0 && { defaults }),
    ...(often(0.06) && { strict: true }),
    steps,
    ...(onFailure && onFailure.length > 0 && { on_failure: onFailure }),
    ...(often(0.5) && { output: texts.value(READABLE) }),
  };
}

function withError() {
  const ofError = ["error.class", "error.step", "error.details.status"];
  return { plain: [...READABLE.plain, ...ofError, ...ofError], any: [...READABLE.any, "error.details.body"] };
}

/** The case with what the model says of it, where nobody knows the outcome of some calls that may be made once. */
export function withExpected(
  given: Omit<RandomCase, "expected">,
  unknown: ModelWorld["unknown"] = {},
): RandomCase {
  const made = new Map<string, number>();
  const workflows = { ...given.workflows, example: given.file };
  const answer = (url: string): JsonObject => {
    const rule = given.http.find((one) => one.url === url) ?? given.http.at(-1) ?? {};
    const count = made.get(url) ?? 0;
    made.set(url, count + 1);
    const answers = (rule.answers ?? [rule]) as readonly JsonObject[];
    const each = answers.flatMap((one) => Array.from({ length: Number(one.times ?? 1) }, () => one));
    return each[Math.min(count, each.length - 1)] as JsonObject;
  };
  const world: ModelWorld = { workflows, answer, cache: new Map(), unknown };
  return { ...given, expected: runModel(world, "example", given.event) };
}
