import { describe, expect, test } from "@jest/globals";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import { createWorld, runIdOf, type World } from "../support/world.ts";

const MINUTE = 60_000;
const rate = { count: 2, per: 60, key: "${input.customer}" };
const worldWith = (limits: JsonObject, input: JsonObject = {}, more: object = {}) =>
  createWorld({ file: { input: { type: "http_webhook", limits, ...input }, steps: [] }, ...more });
const statusesOf = async (world: World, events: readonly JsonObject[]) => {
  const statuses: number[] = [];
  for (const event of events) statuses.push((await world.post(event)).status);
  return statuses;
};
const startedAt = async (world: World, runId: string) => (await world.run(runId)).startedAt;

describe("a rate that rejects", () => {
  test("more deliveries of a key than it has turns are answered 429 with when to try again, and leave a receipt", async () => {
    const world = worldWith({ rate });
    expect(await statusesOf(world, Array(2).fill({ customer: "a" }))).toEqual([202, 202]);
    const error = "too many deliveries: at most 2 in 60 s; try again in 30 s";
    expect(await world.post({ customer: "a" })).toEqual({
      status: 429,
      headers: { "retry-after": "30" },
      body: { error },
    });
    const where = { workflows: ["example"], since: 0, until: world.clock.now(), limit: 9 };
    expect(await world.deliveries.list(where)).toMatchObject([
      { outcome: "limited", status: 429, reason: error, bytes: 16 },
    ]);
    world.clock.advance(30_000);
    expect(await statusesOf(world, Array(2).fill({ customer: "a" }))).toEqual([202, 429]);
  });

  test("a noisy key takes nothing from a quiet one; those without a key share one rate", async () => {
    const world = worldWith({ rate });
    await statusesOf(world, Array(20).fill({ customer: "noisy" }));
    expect(await statusesOf(world, [{ customer: "quiet" }])).toEqual([202]);
    expect(await statusesOf(world, [{}, { customer: null }, { other: 1 }])).toEqual([202, 202, 429]);
  });

  test("many at once get as many turns as there are", async () => {
    const world = worldWith({ rate: { count: 10, per: 60 } });
    const answers = await Promise.all(Array.from({ length: 64 }, (_, n) => world.post({ n })));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(10);
  });

  test("what does not fit, is not wanted, or is a duplicate does not count", async () => {
    const world = worldWith(
      { rate },
      {
        dedupe: { key: "${input.id}" },
        schema: { type: "object", required: ["id"] },
        filter: [{ field: "plan", op: "ne", value: "free" }],
      },
    );
    const customer = "a";
    const [fits, unwanted] = [
      { id: 1, customer },
      { id: 2, customer, plan: "free" },
    ];
    expect(await statusesOf(world, [fits, fits, fits, { customer }, unwanted])).toEqual([
      202, 202, 202, 422, 200,
    ]);
    expect(
      await statusesOf(world, [
        { id: 3, customer },
        { id: 4, customer },
      ]),
    ).toEqual([202, 429]);
  });

  test("a delivery with a dedupe key that was answered 429 is the run that it would have been when it comes again", async () => {
    const world = worldWith({ rate: { ...rate, count: 1 } }, { dedupe: { key: "${input.id}" } });
    const later = { id: 2, customer: "a" };
    expect(await statusesOf(world, [{ id: 1, customer: "a" }, later, later])).toEqual([202, 429, 429]);
    world.clock.advance(MINUTE);
    const answer = await world.post(later);
    await world.settle();
    expect((await world.run(runIdOf(answer))).status).toBe("succeeded");
  });

  test("turns that cannot be taken: nothing is accepted, and the sender tries again", async () => {
    const world = worldWith({ rate });
    Object.assign(world.ingest.turns, { take: () => Promise.reject(new FlowError("connection", "down")) });
    expect(await statusesOf(world, [{ customer: "a" }])).toEqual([503]);
    expect(world.queue.nextVisibleAt()).toBeUndefined();
  });
});

describe("a rate that queues", () => {
  const queued = { rate: { ...rate, over: "queue" } };

  test("runs begin when it is their turn, in the order in which they came; other keys' at once", async () => {
    const world = worldWith(queued);
    const start = world.clock.now();
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push(runIdOf(await world.post({ customer: "noisy", n })));
    const quiet = await world.post({ customer: "quiet" });
    expect(quiet.body).toEqual({ run_id: runIdOf(quiet), status: "queued", dedupe: "off" });
    await world.settle();
    expect(await startedAt(world, runIdOf(quiet))).toBe(start);
    const began = await Promise.all(ids.map((runId) => startedAt(world, runId)));
    expect(began.map((at) => (at ?? 0) - start)).toEqual([0, 0, 30_000, 60_000, 90_000]);
  });

  test("the answer says when the run begins", async () => {
    const world = worldWith(queued);
    await statusesOf(world, Array(2).fill({ customer: "a" }));
    const { body } = await world.post({ customer: "a" });
    const beginsAt = new Date(world.clock.now() + 30_000).toISOString();
    expect(body).toMatchObject({ status: "queued", begins_at: beginsAt });
  });

  test("beyond what the queue can delay the sweeper brings them", async () => {
    const world = worldWith({ rate: { count: 1, per: 1_000, over: "queue" } });
    const start = world.clock.now();
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.push(runIdOf(await world.post({ n })));
    await world.settle();
    expect(await startedAt(world, ids[0] ?? "")).toBe(start);
    for (let minute = 0; minute < 40; minute++) {
      world.clock.advance(MINUTE);
      await world.sweep();
      await world.invoke();
    }
    const began = await Promise.all(ids.map((runId) => startedAt(world, runId)));
    expect(began.map((at) => Math.ceil(((at ?? 0) - start) / MINUTE))).toEqual([0, 17, 34]);
  });

  test("when a day's turns wait, more are answered 429", async () => {
    const world = worldWith({ rate: { count: 1, per: 43_200, over: "queue" } });
    expect(await statusesOf(world, [{}, {}, {}])).toEqual([202, 202, 202]);
    const { status, headers, body } = await world.post({});
    expect(status).toBe(429);
    expect(headers).toEqual({ "retry-after": "43200" });
    expect(body).toEqual({
      error:
        "too many deliveries: at most 1 in 43200 s, and as many wait as a day has turns for; try again in 43200 s",
    });
  });

  test("runs that wait for their turn are kept as long after it as others", async () => {
    const world = worldWith({ rate: { count: 1, per: 43_200, over: "queue" } }, {}, {});
    const [first, second] = [await world.post({}), await world.post({})];
    const expiry = async (answer: typeof first) => (await world.run(runIdOf(answer))).expiresAt;
    expect((await expiry(second)) - (await expiry(first))).toBe(43_200);
  });
});
