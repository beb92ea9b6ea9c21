import { expect, test } from "@jest/globals";
import { createWorld, type World } from "../support/world.ts";

const TOKEN = "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl";
const worldOf = (verify: string) =>
  createWorld({ file: { input: { type: "http_webhook", verify }, steps: [] } });
const asana = { "content-type": "application/json", "x-hook-secret": TOKEN };
const receipts = (world: World) =>
  world.deliveries.list({ workflows: ["example"], since: 0, until: world.clock.now(), limit: 9 });

test.each([
  ["notion", { verification_token: TOKEN }, {}, { status: 200 }],
  ["asana", {}, { headers: asana }, { status: 204, headers: { "x-hook-secret": TOKEN } }],
])(
  "the secret that %s sends once is kept while a pairing waits for it, and seen nowhere",
  async (preset, body, more, answer) => {
    const world = worldOf(preset);
    await world.pairings.open("example", world.clock.now() + 1_000);
    expect(await world.post(body, more)).toMatchObject(answer);
    expect(await world.pairings.take("example")).toBe(TOKEN);
    expect(world.queue.nextVisibleAt()).toBeUndefined();
    expect(await receipts(world)).toMatchObject([{ outcome: "handshake", reason: "handshake" }]);
    expect(JSON.stringify([await receipts(world), world.log.lines])).not.toContain(TOKEN);
  },
);

test("the same question is answered while nothing waits, and its secret is forgotten", async () => {
  const world = worldOf("notion");
  expect(await world.post({ verification_token: TOKEN })).toMatchObject({ status: 200 });
  await world.pairings.open("example", world.clock.now() + 1_000);
  expect(await world.pairings.take("example")).toBeUndefined();
});

test("a text too long for a secret is not kept", async () => {
  const world = worldOf("notion");
  await world.pairings.open("example", world.clock.now() + 1_000);
  expect(await world.post({ verification_token: "x".repeat(1_001) })).toMatchObject({ status: 200 });
  expect(await world.pairings.take("example")).toBeUndefined();
});
