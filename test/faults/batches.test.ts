import { describe, expect, test } from "@jest/globals";
import { readBody } from "../../lib/core/event-body.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import { FAULTS, type Strike } from "../support/faults.ts";
import { runIdOf } from "../support/world.ts";
import { faultyStage, tableOfTrial } from "./trial.ts";

const inputOf = (dedupe: boolean): JsonObject => ({
  type: "http_webhook",
  limits: { batch: { size: 2, seconds: 30, key: "${input.team}" } },
  ...(dedupe && { dedupe: { key: "${input.n}" } }),
});
const FILES = [true, false].map((dedupe) => ({
  input: inputOf(dedupe),
  steps: [{ type: "http_call", url: "https://x.test/a" }],
}));
const http = [{ url: "https://x.test/a", body: {} }];
const EVENTS = [1, 2, 3, 4].map((n) => ({ team: n === 2 ? "b" : "a", n }));

interface Played {
  readonly broken: readonly string[];
  readonly calls: readonly { readonly name: string }[];
}

/** What is wrong with the lists of batches, of events whose senders try until they are accepted. */
async function playAll(strikes: readonly Strike[], inTable: boolean, dedupe: boolean): Promise<Played> {
  const file = FILES[dedupe ? 0 : 1] as JsonObject;
  const stage = faultyStage({ file, http, ...(inTable && { table: tableOfTrial() }) }, strikes);
  const { world, store, faults } = stage;
  const since = world.clock.now();
  const told = new Map<number, string>();
  const tries = new Map<number, number>();
  for (const event of EVENTS)
    while (!told.has(event.n)) {
      tries.set(event.n, (tries.get(event.n) ?? 0) + 1);
      const answer = await faults.live(() => world.post(event));
      if (answer?.status === 202) told.set(event.n, runIdOf(answer));
      world.clock.advance(500);
    }
  await stage.untilQuiet();
  const where = { workflows: ["example"], limit: 20, since, until: world.clock.now() + 1_000 };
  const runs = await Promise.all((await store.list(where)).map(({ runId }) => store.get(runId)));
  const broken: string[] = [];
  const listed: (readonly [number, string])[] = [];
  for (const run of runs) {
    const list = run ? readBody(run.event) : null;
    const events = (Array.isArray(list) ? list : []) as readonly JsonObject[];
    const wanted = events.length > 0 ? "succeeded" : "dropped";
    if (run?.status !== wanted) broken.push(`${run?.runId} of ${events.length} is ${run?.status}`);
    if (events.length > 2) broken.push(`${run?.runId} has ${events.length}`);
    listed.push(...events.map(({ n }) => [Number(n), run?.runId ?? ""] as const));
  }
  for (const { n } of EVENTS) {
    const places = listed.filter(([number]) => number === n).map(([, runId]) => runId);
    const most = dedupe ? 1 : (tries.get(n) ?? 1);
    if (places.length > most) broken.push(`${n} is in ${places.length} lists`);
    if (!places.includes(told.get(n) ?? ""))
      broken.push(`${n} is not in the list that its sender was told of`);
  }
  return { broken, calls: faults.calls };
}

describe.each([
  ["in memory", false, true],
  ["in memory, without dedupe", false, false],
  ["in a table", true, true],
])("%s: of deliveries that share runs", (_where, inTable, dedupe) => {
  test.each(FAULTS)(
    "P1 P2 P3 each is in the list of the run that its sender was told of, after %s at any call",
    async (fault) => {
      const { calls } = await playAll([], inTable, dedupe);
      const broken: unknown[] = [];
      for (const [at, { name }] of calls.entries()) {
        const trial = await playAll([{ at, fault }], inTable, dedupe);
        if (trial.broken.length > 0) broken.push({ at, name, broken: trial.broken });
      }
      expect(broken).toEqual([]);
      expect(calls.length).toBeGreaterThan(40);
    },
  );
});
