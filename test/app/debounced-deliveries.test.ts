import { describe, expect, test } from "@jest/globals";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import type { RunRecord } from "../../lib/core/run.ts";
import { createWorld, runIdOf, type World } from "../support/world.ts";

const MINUTE = 60_000;
const debounce = { seconds: 30, key: "${input.doc}" };
const worldWith = (limit: JsonObject = debounce, input: JsonObject = {}, limits: JsonObject = {}) =>
  createWorld({
    file: {
      input: { type: "http_webhook", limits: { debounce: limit, ...limits }, ...input },
      steps: [{ type: "set", values: { seen: "${n}" } }],
    },
  });
/** Posts events, one each so many seconds; the runs that they are. */
async function postEach(
  world: World,
  seconds: number,
  events: readonly JsonObject[],
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const event of events) {
    ids.push(runIdOf(await world.post(event)));
    world.clock.advance(seconds * 1000);
  }
  return ids;
}
const runsOf = (world: World, ids: readonly string[]): Promise<readonly RunRecord[]> =>
  Promise.all(ids.map((runId) => world.run(runId)));
const statusesOf = async (world: World, ids: readonly string[]) =>
  (await runsOf(world, ids)).map(({ status }) => status);
const edits = (count: number, doc = "a") => Array.from({ length: count }, (_, n) => ({ doc, n }));

describe("input.limits.debounce", () => {
  test("of deliveries that follow one another the last one runs, when nothing has followed it for so long", async () => {
    const world = worldWith();
    const start = world.clock.now();
    const ids = await postEach(world, 10, edits(4));
    await world.settle();
    expect(await statusesOf(world, ids)).toEqual(["dropped", "dropped", "dropped", "succeeded"]);
    const [first, , , last] = await runsOf(world, ids);
    expect(first?.reason).toMatch(/^input\.limits\.debounce: superseded by run /);
    expect(last?.startedAt).toBe(start + 60_000);
    expect(world.queue.deadLetters).toEqual([]);
  });

  test("the sender is told when its run begins if nothing follows", async () => {
    const world = worldWith();
    const answer = await world.post({ doc: "a" });
    const beginsAt = new Date(world.clock.now() + 30_000).toISOString();
    expect(answer).toMatchObject({ status: 202, body: { status: "queued", begins_at: beginsAt } });
  });

  test("a key does not wait for another one; those without a key follow one another", async () => {
    const world = worldWith();
    const ids = await postEach(world, 1, [{ doc: "a" }, { doc: "b" }, {}, { other: 1 }]);
    await world.settle();
    expect(await statusesOf(world, ids)).toEqual(["succeeded", "succeeded", "dropped", "succeeded"]);
  });

  test("many at once are one run, and every one of them is explained", async () => {
    const world = worldWith();
    const answers = await Promise.all(edits(64).map((event) => world.post(event)));
    await world.settle();
    const statuses = await statusesOf(world, answers.map(runIdOf));
    expect(statuses.filter((status) => status === "succeeded")).toHaveLength(1);
    expect(statuses.filter((status) => status === "dropped")).toHaveLength(63);
  });

  test("what comes when a run has begun is another burst", async () => {
    const world = worldWith();
    const ids = await postEach(world, 31, edits(2));
    await world.settle();
    expect(await statusesOf(world, ids)).toEqual(["succeeded", "succeeded"]);
  });

  test("a key that never falls silent has a run each max_seconds", async () => {
    const world = worldWith({ ...debounce, max_seconds: 60 });
    const ids = await postEach(world, 20, edits(9));
    await world.settle();
    const ran = (await statusesOf(world, ids)).flatMap((status, n) => (status === "succeeded" ? [n] : []));
    expect(ran).toEqual([2, 5, 8]);
  });

  test("runners that are late drop no more for it: only what came before its time supersedes a run", async () => {
    const world = worldWith();
    const ids = await postEach(world, 40, edits(5));
    world.clock.advance(60 * MINUTE);
    await world.settle();
    expect(await statusesOf(world, ids)).toEqual(Array(5).fill("succeeded"));
  });

  test("beyond what the queue can delay the sweeper brings them", async () => {
    const world = worldWith({ seconds: 3_600 });
    const start = world.clock.now();
    const [first = "", last = ""] = await postEach(world, 60, edits(2));
    for (let minute = 0; minute < 65; minute++) {
      world.clock.advance(MINUTE);
      await world.sweep();
      await world.invoke();
    }
    expect(await statusesOf(world, [first, last])).toEqual(["dropped", "succeeded"]);
    expect(((await world.run(last)).startedAt ?? 0) - start).toBeLessThan(63 * MINUTE);
  });

  test("a delivery that was never stored supersedes nobody", async () => {
    const world = worldWith();
    const [first = ""] = await postEach(world, 1, edits(1));
    const { create } = world.ingest.store;
    Object.assign(world.ingest.store, { create: () => Promise.reject(new FlowError("connection", "down")) });
    expect((await world.post({ doc: "a" })).status).toBe(503);
    Object.assign(world.ingest.store, { create });
    await world.settle();
    expect(await statusesOf(world, [first])).toEqual(["succeeded"]);
  });

  test("a delivery that is stored and could not be enqueued is not taken back: others may count on it", async () => {
    const world = worldWith();
    const [first = ""] = await postEach(world, 1, edits(1));
    const { send } = world.ingest.queue;
    Object.assign(world.ingest.queue, { send: () => Promise.reject(new FlowError("connection", "down")) });
    expect((await world.post({ doc: "a", n: 7 })).status).toBe(503);
    Object.assign(world.ingest.queue, { send });
    await world.settle();
    expect(await statusesOf(world, [first])).toEqual(["dropped"]);
    const [due] = await world.store.due(Number.POSITIVE_INFINITY, 9);
    world.clock.advance((due?.dueAt ?? 0) - world.clock.now());
    await world.sweep();
    await world.settle();
    expect(await world.run(due?.runId ?? "")).toMatchObject({ status: "succeeded" });
  });

  test("bursts that cannot be remembered: nothing is accepted, and the sender tries again", async () => {
    const world = worldWith();
    Object.assign(world.ingest.bursts, { join: () => Promise.reject(new FlowError("connection", "down")) });
    expect((await world.post({ doc: "a" })).status).toBe(503);
    expect(world.queue.nextVisibleAt()).toBeUndefined();
  });

  test("bursts that cannot be looked at are trouble of the store: the run is let go, and comes back", async () => {
    const world = worldWith();
    const { followers } = world.runner.bursts;
    Object.assign(world.runner.bursts, {
      followers: () => {
        throw new FlowError("connection", "down");
      },
    });
    const ids = await postEach(world, 30, edits(1));
    await world.invoke();
    expect(await runsOf(world, ids)).toMatchObject([{ status: "waiting", failures: 0 }]);
    Object.assign(world.runner.bursts, { followers });
    await world.settle();
    expect(await statusesOf(world, ids)).toEqual(["succeeded"]);
  });

  test("what is a duplicate, does not fit or is not wanted supersedes nobody", async () => {
    const world = worldWith(debounce, {
      dedupe: { key: "${input.id}" },
      schema: { type: "object", required: ["id"] },
      filter: [{ field: "draft", op: "not_exists" }],
    });
    const doc = "a";
    const answers: number[] = [];
    for (const event of [{ id: 1, doc }, { id: 1, doc }, { doc }, { id: 2, doc, draft: true }]) {
      world.clock.advance(20_000);
      answers.push((await world.post(event)).status);
      await world.invoke();
    }
    await world.settle();
    expect(answers).toEqual([202, 202, 422, 200]);
    const { createdAt, startedAt } = await world.run(runIdOf(await world.post({ id: 1, doc })));
    expect((startedAt ?? 0) - createdAt).toBe(40_000);
  });

  test("a delivery that is refused for its rate supersedes nobody", async () => {
    const world = worldWith(debounce, {}, { rate: { count: 1, per: 60 } });
    const [first = ""] = await postEach(world, 1, edits(1));
    expect((await world.post({ doc: "a" })).status).toBe(429);
    await world.settle();
    expect(await statusesOf(world, [first])).toEqual(["succeeded"]);
  });

  test("a run that has begun is not looked at again", async () => {
    const world = createWorld({
      file: {
        input: { type: "http_webhook", limits: { debounce } },
        steps: [{ type: "wait", seconds: 600 }],
      },
    });
    const ids = await postEach(world, 1, edits(1));
    let looks = 0;
    const { followers } = world.runner.bursts;
    Object.assign(world.runner.bursts, {
      followers(...given: Parameters<typeof followers>) {
        looks += 1;
        return followers(...given);
      },
    });
    await world.settle();
    expect(await runsOf(world, ids)).toMatchObject([{ status: "succeeded", attempt: 2 }]);
    expect(looks).toBe(1);
  });

  test("the last of a burst waits for a slot like any other run, those before it for none", async () => {
    const world = worldWith(debounce, {}, { concurrency: { count: 1 } });
    const now = world.clock.now();
    const other = { runId: "other", owner: "other", now, until: now + 15 * MINUTE };
    await world.runner.slots.take({ workflow: "example", key: "", count: 1 }, other);
    const ids = await postEach(world, 1, edits(2));
    await world.settle();
    expect(await statusesOf(world, ids)).toEqual(["dropped", "waiting"]);
  });
});
