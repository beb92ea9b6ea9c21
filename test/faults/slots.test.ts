import { describe, expect, test } from "@jest/globals";
import { FAULTS, type Strike } from "../support/faults.ts";
import { faultyStage, tableOfTrial } from "./trial.ts";

const limits = { concurrency: { count: 1, key: "${input.customer}" } };
const file = {
  input: { type: "http_webhook", limits },
  steps: [
    { type: "http_call", url: "https://x.test/a" },
    { type: "wait", seconds: 30 },
    { type: "http_call", url: "https://x.test/b" },
  ],
};
const http = ["a", "b"].map((name) => ({ url: `https://x.test/${name}`, body: {} }));
const EVENTS = [{ customer: "a" }, { customer: "a" }, { customer: "a" }, { customer: "b" }];
const FEWER = EVENTS.slice(0, 2);

/** How the runs of some deliveries to one key, and one to another, ended. */
async function playAll(strikes: readonly Strike[], inTable: boolean) {
  const stage = faultyStage({ file, http, ...(inTable && { table: tableOfTrial() }) }, strikes);
  const { world, store, faults } = stage;
  const since = world.clock.now();
  const answers = [];
  for (const event of inTable ? FEWER : EVENTS) answers.push(await faults.live(() => world.post(event)));
  await stage.untilQuiet();
  const where = { workflows: ["example"], limit: 9, since, until: world.clock.now() + 1_000 };
  const statuses = (await store.list(where)).map(({ status }) => status);
  const accepted = answers.filter((answer) => answer?.status === 202).length;
  return { statuses, accepted, calls: faults.calls };
}

describe.each([
  ["in memory", false],
  ["in a table", true],
])("%s: of runs of one key that are at work one at a time", (_where, inTable) => {
  test.each(FAULTS)("P2 none is lost, and none fails, after %s at any call", async (fault) => {
    const { calls } = await playAll([], inTable);
    const broken: unknown[] = [];
    for (const [at, { name }] of calls.entries()) {
      if (name === "peer.send" && !fault.startsWith("death")) continue;
      const { statuses, accepted } = await playAll([{ at, fault }], inTable);
      const isRight = statuses.length >= accepted && statuses.every((status) => status === "succeeded");
      if (!isRight) broken.push({ at, name, accepted, statuses });
    }
    expect(broken).toEqual([]);
    expect(calls.length).toBeGreaterThan(40);
  });
});
