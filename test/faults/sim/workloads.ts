import type { JsonObject } from "../../../lib/core/json.ts";
import { largeValues } from "../large-values.ts";
import type { Chance } from "../random/chance.ts";
import { randomCase } from "../random/random-case.ts";
import { type FaultCase, WORKFLOWS } from "../workflows.ts";
import { type Workload, workloadOf } from "./workload.ts";

/** Where the process dies that calls it. */
export const DEADLY_URL = "https://x.test/deadly";

const once = (name: string, more: JsonObject = {}): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  effect: "at_most_once",
  output_to: name,
  ...more,
});

/** Cases beside the table of the other fault suites: what only whole stages show, or only seldom. */
const MORE: { readonly [about: string]: FaultCase } = {
  "a call that kills its process": {
    file: {
      steps: [
        { type: "http_call", url: "https://x.test/a", output_to: "a" },
        { type: "http_call", url: DEADLY_URL },
        { type: "http_call", url: "https://x.test/b" },
      ],
      on_failure: [{ type: "http_call", url: "https://x.test/alarm" }],
    },
    http: [{ url: "https://x.test/*", body: 1 }],
    acceptsFailures: true,
  },
  "calls that may be made once, in a row, in items and in branches": {
    file: {
      steps: [
        once("a"),
        {
          type: "for_each",
          input_from: "ids",
          item_scope: "isolated",
          concurrency: 2,
          steps: [once("b", { method: "POST", body: "${item}" })],
          output_to: "all",
        },
        { type: "parallel", branches: { one: [once("c"), once("d")], two: [once("e")] } },
        once("f"),
      ],
      on_failure: [once("alarm")],
    },
    event: { ids: [1, 2, 3] },
    http: [{ url: "https://x.test/*", body: 1 }],
  },
  "values that lie in chunks": largeValues(300_000),
};

// jq runs in real threads, whose time no seed decides, and addresses that may be asked once are known in full only.
const NOT_SIMULATED = ["jq", "effect"];

const known = new Map<string, Workload>();
// Python runs in real processes, whose time no seed decides.
const TABLE = Object.entries({ ...WORKFLOWS, ...MORE }).filter(([, { python }]) => !python);
const ALL = TABLE.map((_case, index) => index);
// A death between such a call and its answer is rare: these cases come oftener than others.
const ONCE_ONLY = ALL.filter((index) => ofTheTable(index).onceOnly.length > 0);

/** One to three workloads, of the table and made by chance. */
export function chooseWorkloads(chance: Chance): readonly Workload[] {
  const chosen = chance.several(chance.between(1, 3), (index) =>
    chance.often(0.25)
      ? madeByChance(chance, index)
      : ofTheTable(chance.pick(chance.often(0.1) ? ONCE_ONLY : ALL)),
  );
  return [...new Map(chosen.map((one) => [one.name, one])).values()];
}

function ofTheTable(index: number): Workload {
  const [about, given] = TABLE[index] as [string, FaultCase];
  const workload = known.get(about) ?? workloadOf(about, given, `table-${index}`);
  known.set(about, workload);
  return workload;
}

function madeByChance(chance: Chance, index: number): Workload {
  const seed = chance.upTo(1_000_000);
  const made = randomCase(seed, { without: NOT_SIMULATED });
  const { file, workflows, event, http, acceptsFailures, races = made.sharesBeside } = made;
  const given: FaultCase = {
    file,
    workflows,
    event,
    http,
    ...(acceptsFailures && { acceptsFailures }),
    ...(races && { races }),
  };
  return workloadOf(`random workflow ${seed}`, given, `random-${index}`);
}
