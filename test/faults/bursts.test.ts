import { describe, expect, test } from "@jest/globals";
import { FAULTS, type Strike } from "../support/faults.ts";
import { runIdOf } from "../support/world.ts";
import { faultyStage, tableOfTrial } from "./trial.ts";

const file = {
  input: {
    type: "http_webhook",
    limits: { debounce: { seconds: 30, max_seconds: 300, key: "${input.doc}" } },
  },
  steps: [{ type: "http_call", url: "https://x.test/a" }],
};
const http = [{ url: "https://x.test/a", body: {} }];
const EVENTS = [{ doc: "a" }, { doc: "b" }, { doc: "a" }, { doc: "a" }];
const REASON = /superseded by run (\S+)$/;

/** What is wrong with the runs that some deliveries became, one second after the other. */
async function playAll(strikes: readonly Strike[], inTable: boolean) {
  const stage = faultyStage({ file, http, ...(inTable && { table: tableOfTrial() }) }, strikes);
  const { world, store, faults } = stage;
  const since = world.clock.now();
  const accepted: string[] = [];
  for (const event of EVENTS) {
    const answer = await faults.live(() => world.post(event));
    if (answer?.status === 202) accepted.push(runIdOf(answer));
    world.clock.advance(1_000);
  }
  await stage.untilQuiet();
  const where = { workflows: ["example"], limit: 9, since, until: world.clock.now() + 1_000 };
  const listed = await store.list(where);
  const runs = new Map(
    await Promise.all(listed.map(async ({ runId }) => [runId, await store.get(runId)] as const)),
  );
  const broken: string[] = accepted.filter((runId) => !runs.has(runId)).map((runId) => `${runId} is lost`);
  for (const [runId, run] of runs) {
    const [, by] = REASON.exec(run?.reason ?? "") ?? [];
    const isLast = !listed.some((one) => one.runId > runId && docOf(runs.get(one.runId)) === docOf(run));
    if (isLast && run?.status !== "succeeded") broken.push(`the last run ${runId} is ${run?.status}`);
    if (!isLast && run?.status !== "dropped") broken.push(`run ${runId} is followed, and ${run?.status}`);
    if (by !== undefined && !(by > runId && runs.has(by))) broken.push(`${runId} is superseded by nothing`);
  }
  return { broken, runs: runs.size, calls: faults.calls };
}

function docOf(run: { readonly event: { readonly body: Uint8Array } } | undefined): string {
  return new TextDecoder().decode(run?.event.body);
}

describe.each([
  ["in memory", false],
  ["in a table", true],
])("%s: of deliveries that follow one another", (_where, inTable) => {
  test.each(FAULTS)(
    "P1 P2 the last one that is stored runs, and no other, after %s at any call",
    async (fault) => {
      const { calls } = await playAll([], inTable);
      const broken: unknown[] = [];
      for (const [at, { name }] of calls.entries()) {
        const trial = await playAll([{ at, fault }], inTable);
        if (trial.broken.length > 0 || trial.runs < EVENTS.length - 1)
          broken.push({ at, name, ...trial, calls: 0 });
      }
      expect(broken).toEqual([]);
      expect(calls.length).toBeGreaterThan(20);
    },
  );
});
