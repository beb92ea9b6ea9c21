import { describe, expect, test } from "@jest/globals";
import type { JsonObject } from "../../lib/core/json.ts";
import { createWorld, runIdOf } from "../support/world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const call = (name: string): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  output_to: name,
});
const answers = (...names: string[]) => names.map((name) => ({ url: `https://x.test/${name}`, body: name }));
const waiting = (wait: JsonObject, more: JsonObject = {}) => ({
  file: { ...more, steps: [call("a"), { type: "wait", ...wait }, call("b")] },
  http: answers("a", "b"),
});

describe("a wait of seconds", () => {
  test("is spent in the invocation", async () => {
    const world = createWorld(waiting({ seconds: 5 }));
    const runId = runIdOf(await world.post({}));
    await world.invoke();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded", attempt: 1 });
    expect(world.clock.slept).toEqual([5_000]);
  });
});

describe("a wait of minutes", () => {
  test("leaves the invocation, and a delayed message brings the run back when it is over", async () => {
    const world = createWorld(waiting({ seconds: 600 }));
    const started = world.clock.now();
    const runId = runIdOf(await world.post({}));
    await world.invoke();
    expect(await world.run(runId)).toMatchObject({ status: "waiting", notBefore: started + 10 * MINUTE });
    expect(world.queue.nextVisibleAt()).toBe(started + 10 * MINUTE);
    await world.settle();
    const run = await world.run(runId);
    expect(run).toMatchObject({ status: "succeeded", attempt: 2, failures: 0 });
    expect(run.journal.map(({ path, status }) => `${path} ${status}`)).toEqual([
      "0 ok",
      "1 waiting",
      "1 ok",
      "2 ok",
    ]);
    expect(world.clock.slept).toEqual([]);
    expect(world.calls).toHaveLength(2);
    expect(run.spentMs).toBe(0);
  });

  test("goes on where it stood when the message that wakes it got lost", async () => {
    const world = createWorld(waiting({ seconds: 600 }));
    const runId = runIdOf(await world.post({}));
    await world.invoke();
    world.clock.advance(10 * MINUTE);
    for (const { receiptHandle } of world.queue.receive(10)) world.queue.acknowledge(receiptHandle);
    world.clock.advance(2 * MINUTE);
    expect(await world.sweep()).toBe(1);
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded", attempt: 2 });
  });

  test("is not part of the run's timeout", async () => {
    const world = createWorld(waiting({ seconds: 600 }, { timeout: 60 }));
    const runId = runIdOf(await world.post({}));
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
  });
});

describe("a wait longer than a message can be delayed", () => {
  test("is ended by the sweeper, and nothing stirs before", async () => {
    const world = createWorld(waiting({ seconds: 7200 }));
    const runId = runIdOf(await world.post({}));
    await world.invoke();
    expect(world.queue.nextVisibleAt()).toBeUndefined();
    world.clock.advance(2 * HOUR - MINUTE);
    expect(await world.sweep()).toBe(0);
    world.clock.advance(MINUTE);
    expect(await world.sweep()).toBe(1);
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded", attempt: 2 });
  });

  test("lasts as long when its run is taken up too early", async () => {
    const world = createWorld(waiting({ until: "2026-01-02T05:00:00Z" }));
    const runId = runIdOf(await world.post({}));
    await world.invoke();
    await world.queue.send({ runId });
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "waiting", attempt: 1 });
  });
});

describe("a wait longer than the history is kept", () => {
  test("keeps the history as long as it lasts, and its time on top", async () => {
    const world = createWorld(waiting({ seconds: (100 * DAY) / 1000 }, { history: { retention_days: 7 } }));
    const started = world.clock.now();
    const runId = runIdOf(await world.post({}));
    expect((await world.run(runId)).expiresAt * 1000).toBe(started + 7 * DAY);
    await world.invoke();
    expect((await world.run(runId)).expiresAt * 1000).toBe(started + 107 * DAY);
    world.clock.advance(100 * DAY);
    expect(await world.sweep()).toBe(1);
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
  });

  test("a shorter one changes nothing", async () => {
    const world = createWorld(waiting({ seconds: DAY / 1000 }));
    const started = world.clock.now();
    const runId = runIdOf(await world.post({}));
    await world.invoke();
    expect((await world.run(runId)).expiresAt * 1000).toBe(started + 30 * DAY);
  });
});

describe("a process that dies while branches wait", () => {
  test("the wait that had begun goes on, and does not begin anew", async () => {
    let stuck = true;
    const never = new Promise<never>(() => {});
    const world = createWorld({
      file: {
        steps: [
          {
            type: "parallel",
            branches: { a: [{ type: "wait", seconds: 3600 }, call("a")], b: [call("b")] },
          },
        ],
      },
      http: answers("a", "b"),
      wrapStore: (store) => ({ ...store, release: (...all) => (stuck ? never : store.release(...all)) }),
    });
    const started = world.clock.now();
    const runId = runIdOf(await world.post({}));
    void world.invoke();
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    stuck = false;
    world.clock.advance(25 * MINUTE);
    expect(await world.sweep()).toBe(1);
    await world.invoke();
    expect(await world.run(runId)).toMatchObject({ status: "waiting", notBefore: started + HOUR });
    world.clock.advance(35 * MINUTE);
    await world.sweep();
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
    expect(world.calls).toHaveLength(2);
  });
});

describe("a stop", () => {
  test("ends the run with its reason, and the message is done with", async () => {
    const world = createWorld({
      file: { output: { is: "${id}" }, steps: [{ type: "stop", message: "enough of ${id}" }, call("a")] },
    });
    const runId = runIdOf(await world.post({ id: 7 }));
    expect(await world.invoke()).toEqual([]);
    expect(await world.run(runId)).toMatchObject({
      status: "succeeded",
      reason: "enough of 7",
      output: { is: 7 },
    });
    expect(world.queue.deadLetters).toEqual([]);
  });
});

describe("a fail", () => {
  test("is final at the first delivery, with the message in the dead-letter queue", async () => {
    const world = createWorld({ file: { steps: [{ type: "fail", message: "no stock" }] } });
    const runId = runIdOf(await world.post({}));
    await world.settle();
    expect(await world.run(runId)).toMatchObject({
      status: "failed",
      attempt: 1,
      error: { class: "refused", step: "0", message: "no stock" },
    });
    expect(world.queue.deadLetters).toMatchObject([{ reason: { class: "refused", message: "no stock" } }]);
  });
});

describe("branches and items that wait beside others that have failed", () => {
  const fails = (name: string, more: JsonObject = {}): JsonObject => ({ ...call(name), retries: 1, ...more });
  const tried = (world: ReturnType<typeof createWorld>, name: string) =>
    world.calls.filter(({ url }) => url === `https://x.test/${name}`).length;
  const slow = (backoff_seconds: number) => ({ backoff_seconds, retry_on: ["client_error"] });

  test("do not have those tried again when the run comes back: it ends", async () => {
    const file = {
      steps: [
        {
          type: "parallel",
          branches: { one: [fails("a", slow(100))], two: [fails("b", slow(70))], three: [call("c")] },
        },
      ],
    };
    const http = [
      ...["a", "b"].map((name) => ({ url: `https://x.test/${name}`, status: 404 })),
      ...answers("c"),
    ];
    const world = createWorld({ file, http });
    const runId = runIdOf(await world.post({}));
    for (let count = 0; count < 10; count += 1) {
      await world.invoke();
      world.clock.advance(2 * MINUTE);
    }
    expect(await world.run(runId)).toMatchObject({
      status: "failed",
      error: { class: "client_error", step: "0.one.0" },
    });
    expect(["a", "b", "c"].map((name) => tried(world, name))).toEqual([2, 2, 1]);
  });

  test("have them tried again in the next delivery, once all have ended", async () => {
    const items = { type: "for_each", input_from: "ids", item_scope: "isolated" };
    const steps = [
      { ...call("a"), when: [{ field: "item", op: "eq", value: 1 }] },
      { type: "wait", seconds: 60, when: [{ field: "item", op: "eq", value: 2 }] },
      { ...call("b"), when: [{ field: "item", op: "eq", value: 2 }] },
    ];
    const world = createWorld({
      file: { steps: [{ ...items, steps }] },
      http: [{ url: "https://x.test/a", answers: [{ status: 503 }, { body: 1 }] }, ...answers("b")],
    });
    const runId = runIdOf(await world.post({ ids: [1, 2] }));
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded", failures: 1 });
    expect(["a", "b"].map((name) => tried(world, name))).toEqual([2, 1]);
  });

  test("have them tried again with the step around them, whose retries they use up as often as it has some", async () => {
    const loop = {
      type: "for_each",
      input_from: "ids",
      item_scope: "isolated",
      retries: 1,
      retry_on: ["client_error"],
    };
    const steps = [
      { type: "wait", seconds: 60, when: [{ field: "item", op: "eq", value: 2 }] },
      { ...call("gone"), when: [{ field: "item", op: "eq", value: 1 }] },
    ];
    const world = createWorld({
      file: { steps: [{ ...loop, steps }] },
      http: [{ url: "https://x.test/gone", status: 410 }],
    });
    const runId = runIdOf(await world.post({ ids: [1, 2] }));
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "failed", error: { step: "0.items.0.1" } });
    expect(tried(world, "gone")).toBe(2);
  });

  test("have the retries of a step around them begin anew in each delivery", async () => {
    const patient = { ...call("slow"), retries: 1, backoff_seconds: 100 };
    const world = createWorld({
      file: { steps: [{ type: "parallel", branches: { one: [patient] }, retries: 1 }] },
      http: [{ url: "https://x.test/slow", status: 503 }],
    });
    await world.post({});
    await world.settle();
    expect(tried(world, "slow")).toBe(2 * 2 * 5);
  });
});
