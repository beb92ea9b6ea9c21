import type { Json, JsonObject } from "../../../lib/core/json.ts";
import type { FaultCase } from "../workflows.ts";
import { type Chance, chanceOf } from "./chance.ts";
import { type ModelRun, runModel } from "./model.ts";
import { RandomPeers } from "./random-peers.ts";
import { type LoopSource, outermost, RandomSteps, type Surroundings } from "./random-steps.ts";
import { RandomTexts, READABLE } from "./random-texts.ts";

/** A workflow with its world, and what is to become of it. */
export interface RandomCase extends FaultCase {
  readonly seed: number;
  readonly event: Json;
  readonly http: readonly JsonObject[];
  readonly workflows: { readonly [name: string]: JsonObject };
  /** The run of the event, and behind it those that it started. */
  readonly expected: readonly ModelRun[];
}

/** A workflow made by chance, the same for the same seed, with what the model says of it. */
export function randomCase(seed: number): RandomCase {
  const chance = chanceOf(seed);
  const texts = new RandomTexts(chance);
  const { event, lists } = randomEvent(chance);
  const main = randomFile({ chance, texts, lists, prefix: "", restarts: false });
  const [starter, ...others] = main.steps.starters;
  const restarts = others.length > 0 || starter?.looped === true;
  const child = starter && randomFile({ chance, texts, lists: [], prefix: "other_", restarts });
  const all = [main, ...(child ? [child] : [])];
  const acceptsFailures = all.some(({ steps, peers, file }) => {
    const { accepts, calls, races } = steps.traits;
    const endsEarly = peers.neverHeals || peers.failsForGood || races;
    return accepts || endsEarly || (file.on_failure !== undefined && calls > 0);
  });
  // Where one fails for good, whether another one beside it had the time to heal is a matter of chance too.
  const races = all.some(
    ({ steps, peers }) => steps.traits.races || (peers.healsBeside && peers.failsForGood),
  );
  return withExpected({
    seed,
    file: main.file,
    workflows: child ? { other: child.file } : {},
    event,
    http: [
      ...all.flatMap(({ peers }) => peers.rules),
      { url: "https://x.test/*", body: { from: "anywhere" } },
    ],
    ...(acceptsFailures && { acceptsFailures: true }),
    ...(races && { races: true }),
  });
}

/** The case with what the model says of it. */
export function withExpected(given: Omit<RandomCase, "expected">): RandomCase {
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
  return { ...given, expected: runModel({ workflows, answer }, "example", given.event) };
}

interface FileParts {
  readonly chance: Chance;
  readonly texts: RandomTexts;
  readonly lists: readonly LoopSource[];
  readonly prefix: string;
  /** Several runs of it ask the same addresses. */
  readonly restarts: boolean;
}

function randomFile({ chance, texts, lists, prefix, restarts }: FileParts) {
  const { often, pick, upTo } = chance;
  const peers = new RandomPeers(chance);
  const defaults: JsonObject = often(0.15)
    ? {
        ...(often(0.7) && { retries: 1 + upTo(1), backoff_seconds: pick([0, 1]) }),
        ...(often(0.25) && { swallow_on_error: true, ...(often(0.3) && { raw_on_error: true }) }),
      }
    : {};
  const steps = new RandomSteps({ chance, texts, peers }, { prefix, defaults, size: prefix === "" ? 14 : 4 });
  const place: Surroundings = outermost(lists);
  const main = steps.list(prefix === "" ? 7 : 4, restarts ? { ...place, lanes: undefined } : place);
  const onFailure = often(0.35) && steps.list(3, { ...place, onFailure: true, readable: withError() });
  const file: JsonObject = {
    environment: [{ name: "REGION", default: "eu-north" }],
    ...(Object.keys(defaults).length > 0 && { defaults }),
    ...(often(0.06) && { strict: true }),
    steps: main,
    ...(onFailure && onFailure.length > 0 && { on_failure: onFailure }),
    ...(often(0.5) && { output: texts.value(READABLE) }),
  };
  return { file, steps, peers };
}

function withError() {
  const ofError = ["error.class", "error.step", "error.details.status"];
  return { plain: [...READABLE.plain, ...ofError, ...ofError], any: [...READABLE.any, "error.details.body"] };
}

function randomEvent(chance: Chance): { readonly event: Json; readonly lists: readonly LoopSource[] } {
  const { often, pick, several, upTo } = chance;
  const ids = ["a", "b", "c"].slice(0, upTo(3));
  const words = ["p", "q", "r"].slice(0, 1 + upTo(2));
  const tags = ["x", "y"];
  const list = ids.map((id) => ({ id, n: upTo(5), tags: tags.slice(0, upTo(2)) }));
  const keys: JsonObject = {
    id: "e1",
    n: upTo(6),
    text: pick(["hello", "ha lo 1", ""]),
    flag: often(0.5),
    none: null,
    obj: { k: pick(["a", 3]), "odd key": "o" },
    big: JSON.rawJSON("12345678901234567890"),
    item: "hidden",
    list: often(0.04) ? "no list" : list,
    words,
  };
  const gone = several(upTo(2), () => pick(Object.keys(keys)));
  const event = Object.fromEntries(Object.entries(keys).filter(([key]) => !gone.includes(key)));
  const lists = [
    { path: "list", ids, tags },
    { path: "input.list", ids, tags },
    { path: "words", ids: words },
  ];
  return { event: often(0.03) ? pick<Json>([[1, { id: "a" }], "text", 7, null]) : event, lists };
}
