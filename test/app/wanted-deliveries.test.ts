import { describe, expect, test } from "@jest/globals";
import { readBody } from "../../lib/core/event-body.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import { createWorld, runIdOf, type World } from "../support/world.ts";

const DAY = 86_400_000;
const worldWith = (input: JsonObject, more: object = {}) =>
  createWorld({ file: { input: { type: "http_webhook", ...input }, steps: [] }, ...more });
const receiptsOf = (world: World) =>
  world.deliveries.list({ workflows: ["example"], since: 0, until: world.clock.now(), limit: 10 });

describe("input.dedupe", () => {
  const dedupe = { key: "${input.id}/${request.headers.x-kind, order}", window: 3600 };

  test("P3 a second delivery of the same key is the first one's run", async () => {
    const world = worldWith({ dedupe });
    const first = await world.post({ id: 1 });
    const second = await world.post({ id: 1, again: true });
    expect(first).toMatchObject({ status: 202, body: { status: "queued", dedupe: "new" } });
    expect(second).toEqual({
      status: 202,
      body: { run_id: runIdOf(first), status: "queued", dedupe: "duplicate" },
    });
    await world.settle();
    expect((await world.post({ id: 1 })).body).toMatchObject({ status: "succeeded", dedupe: "duplicate" });
    expect(await receiptsOf(world)).toMatchObject([
      { outcome: "duplicate", runId: runIdOf(first) },
      { outcome: "duplicate", runId: runIdOf(first) },
    ]);
  });

  test("another key, and the same one after its window, is another run", async () => {
    const world = worldWith({ dedupe });
    const first = runIdOf(await world.post({ id: 1 }));
    const headers = { "content-type": "application/json", "x-kind": "refund" };
    expect(runIdOf(await world.post({ id: 1 }, { headers }))).not.toBe(first);
    world.clock.advance(3_600_000);
    expect(runIdOf(await world.post({ id: 1 }))).not.toBe(first);
  });

  test("a delivery without a key is a run of its own, and the answer says so", async () => {
    const world = worldWith({ dedupe });
    const [one, two] = [await world.post({ name: "a" }), await world.post({ name: "a" })];
    expect(one.body).toMatchObject({ dedupe: "no_key" });
    expect(runIdOf(one)).not.toBe(runIdOf(two));
    expect((await worldWith({}).post({ id: 1 })).body).toMatchObject({ dedupe: "off" });
  });

  test("P3 64 copies at once make one run", async () => {
    const world = worldWith({ dedupe });
    const answers = await Promise.all(Array.from({ length: 64 }, () => world.post({ id: 1 })));
    expect(new Set(answers.map(runIdOf)).size).toBe(1);
    expect(
      await world.store.list({ workflows: ["example"], limit: 99, since: 0, until: DAY * 1e5 }),
    ).toHaveLength(1);
  });

  test("whoever named a run and died before storing it: the next copy stores it", async () => {
    const world = worldWith({ dedupe });
    const name = { workflow: "example", key: "1/order", until: world.clock.now() + DAY };
    const runId = world.ingest.random.timeOrderedUuid(world.clock.now());
    await world.deliveries.name(name, { runId, createdAt: world.clock.now() });
    world.clock.advance(10);
    const answer = await world.post({ id: 1 });
    expect(answer).toMatchObject({ status: 202, body: { run_id: runId, dedupe: "duplicate" } });
    await world.settle();
    expect((await world.run(runId)).status).toBe("succeeded");
  });

  test("a run that was stored and not enqueued stays for whoever tries again: nobody is told of a run that is taken back", async () => {
    let isDown = true;
    const world = worldWith(
      { dedupe },
      {
        wrapQueue: (queue: World["queue"]) => ({
          ...queue,
          async send(...args: Parameters<typeof queue.send>) {
            if (isDown) throw new FlowError("connection", "the queue is down");
            return queue.send(...args);
          },
        }),
      },
    );
    expect((await world.post({ id: 1 })).status).toBe(503);
    isDown = false;
    const again = await world.post({ id: 1 });
    expect(again).toMatchObject({ status: 202, body: { status: "queued", dedupe: "duplicate" } });
    world.clock.advance(DAY);
    await world.sweep();
    await world.settle();
    expect((await world.run(runIdOf(again))).status).toBe("succeeded");
  });
});

describe("input.schema", () => {
  const schema = {
    type: "object",
    required: ["email"],
    properties: { email: { type: "string", minLength: 3 } },
  };

  test("a body that does not fit is answered 422 with where and why, and starts nothing", async () => {
    const world = worldWith({ schema });
    const answer = await world.post({ email: 7 });
    expect(answer).toEqual({
      status: 422,
      body: {
        error: "the body does not fit the workflow's schema",
        problems: [{ pointer: "#/email", message: 'Instance type "number" is invalid. Expected "string".' }],
      },
    });
    expect(world.queue.nextVisibleAt()).toBeUndefined();
    expect(await receiptsOf(world)).toMatchObject([{ outcome: "invalid", status: 422, bytes: 11 }]);
    expect((await world.post({ email: "a@b" })).status).toBe(202);
  });
});

describe("input.filter", () => {
  const filter = [{ field: "plan", op: "ne", value: "free" }];

  test("an unwanted delivery is answered 200, and is a run that was dropped, with the reason", async () => {
    const world = worldWith({ filter });
    const answer = await world.post({ plan: "free" });
    const reason = 'input.filter: plan ne "free" does not hold';
    expect(answer).toMatchObject({ status: 200, body: { status: "dropped", reason } });
    expect(world.queue.nextVisibleAt()).toBeUndefined();
    expect(await world.run(runIdOf({ ...answer, status: 202 }))).toMatchObject({ status: "dropped", reason });
  });

  test("history.redact blanks its event too, when it is stored: it cannot be replayed", async () => {
    const world = createWorld({
      file: { input: { type: "http_webhook", filter }, history: { redact: ["input.card"] }, steps: [] },
    });
    const answer = await world.post({ plan: "free", card: "4000 0566" });
    const run = await world.run(runIdOf({ ...answer, status: 202 }));
    expect(readBody(run.event)).toEqual({ plan: "free", card: "***" });
    expect(run.blanked).toBe(true);
    const wanted = await world.run(runIdOf(await world.post({ plan: "team", card: "4000 0566" })));
    expect(readBody(wanted.event)).toMatchObject({ card: "4000 0566" });
  });

  test("a wanted one is queued", async () => {
    const world = worldWith({ filter });
    expect((await world.post({ plan: "team" })).status).toBe(202);
  });

  test("an unwanted one that comes again is the same dropped run", async () => {
    const world = worldWith({ filter, dedupe: { key: "${input.id}" } });
    const [one, two] = [await world.post({ id: 1, plan: "free" }), await world.post({ id: 1, plan: "free" })];
    expect(two).toMatchObject({ status: 202, body: { status: "dropped", dedupe: "duplicate" } });
    expect(runIdOf(two)).toBe(runIdOf({ ...one, status: 202 }));
  });
});

describe("receipts", () => {
  test("what a webhook refuses is kept for seven days, without its body", async () => {
    const world = worldWith(
      { verify: { scheme: "bearer", token: "${env:TOKEN}" } },
      { secrets: { TOKEN: "right" } },
    );
    await world.post({ secret: "body" });
    const [receipt] = await receiptsOf(world);
    expect(receipt).toMatchObject({
      outcome: "refused",
      status: 401,
      reason: "credential_missing",
      bytes: 17,
      sourceIp: "192.0.2.1",
    });
    expect(JSON.stringify(receipt)).not.toContain("secret");
  });

  test("an accepted delivery's run knows size, address and service", async () => {
    const world = worldWith({});
    expect((await world.run(runIdOf(await world.post({ a: 1 })))).delivery).toEqual({
      bytes: 7,
      sourceIp: "192.0.2.1",
    });
  });

  test("a store that cannot keep one costs nobody an answer", async () => {
    const world = worldWith({ schema: { type: "string" } });
    const down = async () => Promise.reject(new FlowError("connection", "the store is down"));
    Object.assign(world.deliveries, { keep: down });
    expect((await world.post({})).status).toBe(422);
    expect(world.log.lines.map(({ message }) => message)).toContain("no receipt is kept: the store is down");
  });
});
