import { describe, expect, test } from "@jest/globals";
import { cancelRun } from "../../lib/app/cancel-run.ts";
import { operatorOf } from "../../lib/app/operator.ts";
import { replayRun } from "../../lib/app/replay-run.ts";
import { readBody } from "../../lib/core/event-body.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import { isObject, type Json, type JsonObject } from "../../lib/core/json.ts";
import { createWorld, runIdOf, type World } from "../support/world.ts";

const batch = { size: 3, seconds: 60, key: "${input.team}" };
const steps = [{ type: "set", values: { seen: "${input}" } }];
const worldWith = (rule: JsonObject = batch, input: JsonObject = {}, file: JsonObject = {}) =>
  createWorld({
    file: { input: { type: "http_webhook", limits: { batch: rule }, ...input }, steps, ...file },
  });
const post = async (world: World, event: Json): Promise<string> => runIdOf(await world.post(event));
async function postAll(world: World, events: readonly Json[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const event of events) ids.push(await post(world, event));
  return ids;
}
const listOf = async (world: World, runId: string) => readBody((await world.run(runId)).event);
const numbered = (count: number, more: JsonObject = {}) =>
  Array.from({ length: count }, (_, n) => ({ team: "a", n, ...more }));

describe("input.limits.batch", () => {
  test("deliveries of a key share a run, whose event is the list of their bodies in the order in which they came", async () => {
    const world = worldWith();
    const start = world.clock.now();
    const [first = "", second] = await postAll(world, numbered(2));
    expect(second).toBe(first);
    await world.settle();
    expect(await world.run(first)).toMatchObject({
      status: "succeeded",
      startedAt: start + 60_000,
      batch: { events: 2 },
    });
    expect(await listOf(world, first)).toEqual(numbered(2));
  });

  test("the sender is told the run that it shares, and the number of its delivery in it", async () => {
    const world = worldWith();
    const [one, two] = [await world.post({ team: "a" }), await world.post({ team: "a" })];
    const body = { run_id: runIdOf(one), status: "queued", dedupe: "off" };
    expect(one).toEqual({ status: 202, body: { ...body, batch: { number: 1 } } });
    expect(two).toEqual({ status: 202, body: { ...body, batch: { number: 2 } } });
  });

  test("a full batch begins at once, and what comes then is in the next one", async () => {
    const world = worldWith();
    const start = world.clock.now();
    const ids = await postAll(world, numbered(4));
    expect(new Set(ids.slice(0, 3)).size).toBe(1);
    expect(ids[3]).not.toBe(ids[0]);
    await world.settle();
    expect((await world.run(ids[0] ?? "")).startedAt).toBe(start);
    expect((await world.run(ids[3] ?? "")).startedAt).toBe(start + 60_000);
    expect(await listOf(world, ids[0] ?? "")).toEqual(numbered(3));
  });

  test("keys have batches of their own, and those without a key share one", async () => {
    const world = worldWith();
    const [a, b, none, other] = await postAll(world, [{ team: "a" }, { team: "b" }, {}, { x: 1 }]);
    expect(new Set([a, b, none]).size).toBe(3);
    expect(other).toBe(none);
  });

  test("64 at once: each is in one batch's list, and no batch has more than it may", async () => {
    const world = worldWith({ ...batch, size: 10 });
    const answers = await Promise.all(numbered(64).map((event) => world.post(event)));
    await world.settle();
    const ids = new Set(answers.map(runIdOf));
    const lists = await Promise.all([...ids].map((runId) => listOf(world, runId)));
    const sizes = lists.map((list) => (Array.isArray(list) ? list.length : 0));
    expect(Math.max(...sizes)).toBe(10);
    const all = lists.flat().map((one) => (isObject(one as Json) ? Number((one as JsonObject).n) : -1));
    expect(all.sort((x, y) => x - y)).toEqual(Array.from({ length: 64 }, (_, n) => n));
  });

  test("every delivery leaves a receipt that names its run, and what came with it is in request.batch", async () => {
    const world = worldWith(batch, {}, { steps: [{ type: "set", values: { from: "${request.batch}" } }] });
    const headers = { "content-type": "application/json", "x-event": "made", authorization: "Bearer secret" };
    const body = new TextEncoder().encode('{"team":"a"}');
    const runId = runIdOf(await world.post({}, { headers, body, query: { q: "1" } }));
    const where = { workflows: ["example"], since: 0, until: world.clock.now(), limit: 9 };
    expect(await world.deliveries.list(where)).toMatchObject([
      { outcome: "batched", status: 202, runId, bytes: 12 },
    ]);
    await world.settle();
    const { event } = await world.run(runId);
    expect(event.request.batch).toMatchObject([
      { query: { q: "1" }, headers: { "x-event": "made", authorization: "***" } },
    ]);
  });

  test("bodies are what a workflow reads of them, numbers digit by digit", async () => {
    const world = worldWith({ size: 9, seconds: 60 });
    const bodies: readonly (readonly [string, string])[] = [
      ["application/json", '{"big":12345678901234567890}'],
      ["text/plain", 'a "text"'],
      ["application/x-www-form-urlencoded", "a=1&b=2"],
      ["application/json", ""],
    ];
    let runId = "";
    for (const [type, text] of bodies) {
      const more = { headers: { "content-type": type }, body: new TextEncoder().encode(text) };
      runId = runIdOf(await world.post({}, more));
    }
    await world.settle();
    const text = new TextDecoder().decode((await world.run(runId)).event.body);
    expect(text).toBe('[{"big":12345678901234567890},"a \\"text\\"",{"a":"1","b":"2"},null]');
  });

  test("what would make a batch larger than an event may be begins the next one, and the full one runs", async () => {
    const world = worldWith({ size: 100, seconds: 60 });
    const start = world.clock.now();
    const large = { text: "x".repeat(2_500_000) };
    const ids = await postAll(world, [large, large, large]);
    expect([ids[0] === ids[1], ids[1] === ids[2]]).toEqual([true, false]);
    await world.settle();
    expect((await world.run(ids[0] ?? "")).startedAt).toBe(start);
  });

  test("a copy of a delivery is in the list once, and is told the same run, also when that is over", async () => {
    const world = worldWith({ size: 2, seconds: 60 }, { dedupe: { key: "${input.id}" } });
    const [one, copy, two] = await postAll(world, [{ id: 1 }, { id: 1 }, { id: 2 }]);
    expect([copy, two]).toEqual([one, one]);
    await world.settle();
    expect(await listOf(world, one ?? "")).toEqual([{ id: 1 }, { id: 2 }]);
    expect((await world.post({ id: 1 })).body).toMatchObject({
      run_id: one,
      dedupe: "duplicate",
      status: "succeeded",
      batch: { number: 1 },
    });
  });

  test("a copy takes no turn of a rate; one that was answered 429 takes its turn when it comes again", async () => {
    const rate = { count: 1, per: 60 };
    const limits = { batch: { size: 9, seconds: 600 }, rate };
    const input = { type: "http_webhook", dedupe: { key: "${input.id}" }, limits };
    const world = createWorld({ file: { input, steps } });
    const statuses: number[] = [];
    for (const id of [1, 1, 2, 1, 2]) statuses.push((await world.post({ id })).status);
    expect(statuses).toEqual([202, 202, 429, 202, 429]);
    world.clock.advance(60_000);
    expect((await world.post({ id: 2 })).body).toMatchObject({ dedupe: "duplicate", batch: { number: 2 } });
    expect((await world.post({ id: 3 })).status).toBe(429);
  });

  test("64 copies at once are one delivery of one batch", async () => {
    const world = worldWith({ size: 10, seconds: 60 }, { dedupe: { key: "${input.id}" } });
    const answers = await Promise.all(Array.from({ length: 64 }, () => world.post({ id: 1 })));
    await world.settle();
    const ids = new Set(answers.map(runIdOf));
    expect(ids.size).toBe(1);
    expect(await listOf(world, [...ids][0] ?? "")).toEqual([{ id: 1 }]);
  });

  test("what does not fit, is not wanted or is refused for its rate is in no batch", async () => {
    const world = createWorld({
      file: {
        input: {
          type: "http_webhook",
          limits: { batch: { size: 9, seconds: 60 }, rate: { count: 1, per: 60 } },
          schema: { type: "object" },
          filter: [{ field: "draft", op: "not_exists" }],
        },
        steps,
      },
    });
    const events = [{ n: 1 }, [], { draft: true }, { n: 2 }];
    const answers = [];
    for (const event of events) answers.push(await world.post(event));
    expect(answers.map(({ status }) => status)).toEqual([202, 422, 200, 429]);
    await world.settle();
    expect(await listOf(world, runIdOf(answers[0] ?? { status: 0 }))).toEqual([{ n: 1 }]);
  });

  test.each([
    ["", {}],
    [", also one that may come again", { dedupe: { key: "${input.n}" } }],
  ])(
    "a delivery that takes its number and comes too late with it goes into the next batch%s",
    async (_what, input) => {
      const world = worldWith(batch, input);
      const { batches } = world.store;
      const { put } = batches;
      let isLate = true;
      Object.assign(batches, {
        async put(...given: Parameters<typeof put>) {
          if (isLate) {
            isLate = false;
            world.clock.advance(60_000);
            await world.settle();
          }
          return put(...given);
        },
      });
      const [late = "", then] = [
        await post(world, { team: "a", n: 1 }),
        await post(world, { team: "a", n: 2 }),
      ];
      await world.settle();
      expect(then).toBe(late);
      expect(await listOf(world, late)).toEqual([
        { team: "a", n: 1 },
        { team: "a", n: 2 },
      ]);
      const where = { workflows: ["example"], since: 0, until: world.clock.now(), limit: 9 };
      expect((await world.store.list(where)).map(({ status }) => status).sort()).toEqual([
        "dropped",
        "succeeded",
      ]);
    },
  );

  test("a replay of a batch runs the same list", async () => {
    const world = worldWith();
    const [runId = ""] = await postAll(world, numbered(3));
    await world.settle();
    const { hash } = await world.run(runId);
    const version = { name: "example", hash, retentionDays: 30 };
    const replay = await replayRun(operatorOf(world.runner), runId, { version });
    await world.settle();
    const replayId = replay.kind === "replayed" ? replay.replayId : "";
    expect(await listOf(world, replayId)).toEqual(numbered(3));
    expect((await world.run(replayId)).status).toBe("succeeded");
  });

  test("a batch that is cancelled is closed: it keeps what was in it, and what comes then is in the next one", async () => {
    const world = worldWith();
    const [runId = ""] = await postAll(world, numbered(2));
    await cancelRun(operatorOf(world.runner), runId);
    expect(await world.run(runId)).toMatchObject({ status: "cancelled", batch: { events: 2 } });
    expect(await listOf(world, runId)).toEqual(numbered(2));
    expect(await post(world, { team: "a" })).not.toBe(runId);
  });

  test("history.redact blanks its paths in every delivery of the list", async () => {
    const world = worldWith(batch, {}, { history: { redact: ["card", "input.holder"] }, steps: [] });
    const [runId = ""] = await postAll(world, numbered(3, { card: "4111", holder: "Ada" }));
    await world.settle();
    expect(await listOf(world, runId)).toEqual(numbered(3, { card: "***", holder: "***" }));
  });

  test("and in one that is cancelled", async () => {
    const world = worldWith(batch, {}, { history: { redact: ["card"] } });
    const [runId = ""] = await postAll(world, numbered(2, { card: "4111" }));
    await cancelRun(operatorOf(world.runner), runId);
    expect(await listOf(world, runId)).toEqual(numbered(2, { card: "***" }));
  });

  test("a batch that cannot be kept: nothing is accepted, and the sender tries again", async () => {
    const world = worldWith();
    Object.assign(world.store.batches, { put: () => Promise.reject(new FlowError("connection", "down")) });
    expect((await world.post({ team: "a" })).status).toBe(503);
  });
});
