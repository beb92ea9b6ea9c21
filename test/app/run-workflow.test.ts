import { describe, expect, test } from "@jest/globals";
import { describeRun } from "../../lib/app/describe-run.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import type { RunRecord } from "../../lib/core/run.ts";
import { createWorld, runIdOf, type World, type WorldOptions } from "../support/world.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

const call = (name: string, more: JsonObject = {}): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  output_to: name,
  ...more,
});
const ok = (name: string, more: JsonObject = {}): Json => ({
  url: `https://x.test/${name}`,
  body: { from: name },
  ...more,
});
const start = (more: JsonObject = {}): JsonObject => ({ type: "run_workflow", name: "child", ...more });
const slow: JsonObject = { steps: [{ type: "wait", seconds: 600 }, call("a")], output: "${a.from}" };

/** A stage whose `example` starts runs of `child`. */
function stage(steps: JsonObject[], child: JsonObject, more: Partial<WorldOptions> = {}): World {
  return createWorld({
    file: { steps, output: "${run_workflow}" },
    workflows: { child },
    http: [ok("a"), ok("b"), ok("c")],
    ...more,
  });
}

async function childrenOf(world: World): Promise<readonly RunRecord[]> {
  const listed = await world.store.list({
    workflows: ["child"],
    limit: 100,
    until: world.clock.now() + DAY,
    since: 0,
  });
  return Promise.all(listed.map(({ runId }) => world.run(runId)));
}

async function onlyChildOf(world: World): Promise<RunRecord> {
  const [child, ...others] = await childrenOf(world);
  if (!child || others.length > 0) throw new Error(`${others.length + (child ? 1 : 0)} children`);
  return child;
}

describe("a run that a step starts", () => {
  test("is a run of its own, linked both ways", async () => {
    const world = stage([start({ event: { n: 1 } })], { steps: [call("a")], output: "${a.from}" });
    const runId = runIdOf(await world.post({}));
    await world.settle();
    const parent = await world.run(runId);
    const child = await onlyChildOf(world);
    expect(parent).toMatchObject({ status: "succeeded", output: "a" });
    expect(child).toMatchObject({ status: "succeeded", workflow: "child", attempt: 1, stage: "test" });
    expect(describeRun(child).parent).toEqual({ run_id: runId, path: "0" });
    expect(describeRun(parent)).toMatchObject({
      parent: null,
      children: [{ run_id: child.runId, path: "0" }],
      state: { run_workflow_meta: { run_id: child.runId, status: "succeeded" } },
    });
    expect(child.event.request).toMatchObject({ method: "RUN", delivery_id: `${runId}/0` });
  });

  test("is kept as long as its own workflow says", async () => {
    const world = stage([start()], { steps: [], history: { retention_days: 7 } });
    await world.post({});
    await world.settle();
    const child = await onlyChildOf(world);
    expect(child.expiresAt).toBe(Math.floor(child.createdAt / 1000) + (7 * DAY) / SECOND);
  });

  test("runs on the version in force when it starts", async () => {
    const world = stage([start()], { steps: [] });
    await world.post({});
    await world.settle();
    expect((await onlyChildOf(world)).hash).toBe(world.runner.catalog.current("child")?.hash);
  });
});

describe("while the other run is under way", () => {
  test("the one that waits uses no process, is woken by its end, and goes on at once", async () => {
    const world = stage([start(), call("b")], slow);
    const began = world.clock.now();
    const runId = runIdOf(await world.post({}));
    await world.invoke();
    const parked = await world.run(runId);
    expect(parked).toMatchObject({ status: "waiting", attempt: 1 });
    expect(parked.notBefore).toBeUndefined();
    expect(parked.journal).toMatchObject([{ path: "0", status: "waiting" }]);
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded", attempt: 2, output: "a" });
    expect(world.clock.now() - began).toBeLessThan(602 * SECOND);
    expect(world.calls.map(({ url }) => url)).toEqual(["https://x.test/a", "https://x.test/b"]);
  });

  test("a short one is waited for in the process", async () => {
    const world = stage([start()], { steps: [] });
    const runId = runIdOf(await world.post({}));
    const waiting = world.invoke();
    // The child's message is taken by another process, while this one looks.
    while ((await childrenOf(world)).length === 0) await new Promise(setImmediate);
    await Promise.all([world.invoke(), waiting]);
    expect(await world.run(runId)).toMatchObject({ status: "succeeded", attempt: 1 });
  });

  test("the wait is no part of the run's timeout", async () => {
    const world = stage([start()], slow, { file: { timeout: 30, steps: [start()] } });
    const runId = runIdOf(await world.post({}));
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
  });

  test("a message too many changes nothing", async () => {
    const world = stage([start()], slow);
    const runId = runIdOf(await world.post({}));
    await world.invoke();
    await world.queue.send({ runId });
    await world.invoke();
    expect(await world.run(runId)).toMatchObject({ status: "waiting" });
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
    expect(await childrenOf(world)).toHaveLength(1);
  });

  test("a wake-up that gets lost is made good by the sweeper, which looks each quarter of an hour at least", async () => {
    const world = stage([start()], { ...slow, steps: [{ type: "wait", seconds: 7200 }, call("a")] });
    const runId = runIdOf(await world.post({}));
    const looks: number[] = [];
    while ((await world.run(runId)).status !== "succeeded") {
      for (const message of world.queue.receive(10)) world.queue.acknowledge(message.receiptHandle);
      const { dueAt, status } = await world.run(runId);
      if (status === "waiting") looks.push(dueAt - world.clock.now());
      world.clock.advance(MINUTE);
      await world.sweep();
      await world.invoke();
    }
    expect((await onlyChildOf(world)).finishedAt).toBeLessThan(world.clock.now());
    expect(Math.max(...looks)).toBeLessThanOrEqual(15 * MINUTE);
    expect((await world.run(runId)).attempt).toBeLessThan(16);
  });

  test("a run whose history would be deleted meanwhile has it kept", async () => {
    const world = stage(
      [start()],
      { steps: [{ type: "wait", seconds: (3 * DAY) / SECOND }] },
      {
        file: { history: { retention_days: 1 }, steps: [start()] },
      },
    );
    const runId = runIdOf(await world.post({}));
    await world.settle();
    for (let minutes = 0; minutes < 3 * 24 * 60 + 60; minutes += 15) {
      world.clock.advance(15 * MINUTE);
      await world.sweep();
      await world.settle();
    }
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
  });
});

describe("the end of the other run", () => {
  test("that comes before the wait is stored is not missed", async () => {
    let child: (() => Promise<unknown>) | undefined;
    const world = stage([start()], slow, {
      wrapStore: (store) => ({
        ...store,
        async release(lease, release) {
          // The other run ends after the last look and before this run has let go.
          if (lease.run.workflow === "example") await child?.();
          return store.release(lease, release);
        },
      }),
    });
    const runId = runIdOf(await world.post({}));
    child = async () => {
      child = undefined;
      for (let turn = 0; turn < 2; turn += 1) {
        const next = world.queue.nextVisibleAt() ?? 0;
        if (next > world.clock.now()) world.clock.advance(next - world.clock.now());
        await world.invoke();
      }
      expect((await onlyChildOf(world)).status).toBe("succeeded");
    };
    await world.invoke();
    expect(await world.run(runId)).toMatchObject({ status: "waiting" });
    expect(world.queue.nextVisibleAt()).toBeLessThanOrEqual(world.clock.now());
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
  });

  test("as failed is this run's failure for good: nothing is delivered again, both are in the dead-letter queue", async () => {
    const world = stage([start()], { steps: [call("a")] }, { http: [ok("a", { status: 503 })] });
    const runId = runIdOf(await world.post({}));
    await world.settle();
    const child = await onlyChildOf(world);
    expect(child).toMatchObject({ status: "failed", attempt: 5, error: { class: "server_error" } });
    expect(await world.run(runId)).toMatchObject({
      status: "failed",
      error: {
        class: "server_error",
        step: "0",
        message: expect.stringContaining(`run ${child.runId} of child failed at its step 0`),
        details: {
          details: { run_id: child.runId, workflow: "child", step: "0", class: "server_error" },
        },
      },
    });
    expect(world.queue.deadLetters.map(({ message }) => message.runId).sort()).toEqual(
      [child.runId, runId].sort(),
    );
  });

  test("as failed is tried again by the step's retries, each with a run of its own", async () => {
    const world = stage(
      [start({ retries: 2, backoff_seconds: 100 })],
      { steps: [call("a")], output: "${a}" },
      {
        http: [
          {
            url: "https://x.test/a",
            answers: [{ status: 503, times: 5 }, { body: "at last" }],
          },
        ],
      },
    );
    const runId = runIdOf(await world.post({}));
    await world.settle();
    const children = await childrenOf(world);
    expect(children.map(({ status }) => status)).toEqual(["succeeded", "failed"]);
    const parent = await world.run(runId);
    expect(parent).toMatchObject({ status: "succeeded", output: "at last" });
    expect(describeRun(parent).children.map(({ run_id }) => run_id)).toEqual(
      children.map((run) => run.runId).reverse(),
    );
  });

  test("is told once more when its message is delivered again, since who ended it may have died before", async () => {
    let isLost = true;
    const world = stage([start()], slow, {
      wrapQueue: (queue) => ({
        ...queue,
        async send(message, delay) {
          const { status } = (await world.store.get(message.runId)) ?? {};
          // The only message without a delay that goes to a waiting run is its wake-up.
          if (isLost && status === "waiting" && !delay) {
            isLost = false;
            throw new FlowError("connection", "not there");
          }
          return queue.send(message, delay);
        },
      }),
    });
    const began = world.clock.now();
    const runId = runIdOf(await world.post({}));
    await world.settle();
    expect(isLost).toBe(false);
    expect(await world.run(runId)).toMatchObject({ status: "succeeded", output: "a" });
    expect(world.clock.now() - began).toBeLessThan(12 * MINUTE);
  });

  test("after the step's timeout comes too late, and the other run goes on", async () => {
    const world = stage([start({ timeout: 120 })], slow);
    const runId = runIdOf(await world.post({}));
    await world.invoke();
    expect((await world.run(runId)).dueAt - world.clock.now()).toBeLessThanOrEqual(120 * SECOND);
    for (let minute = 0; minute < 4; minute += 1) {
      world.clock.advance(MINUTE);
      await world.sweep();
      await world.invoke();
    }
    expect(await world.run(runId)).toMatchObject({ status: "failed", error: { class: "timeout" } });
    await world.settle();
    expect(await onlyChildOf(world)).toMatchObject({ status: "succeeded" });
    expect(await childrenOf(world)).toHaveLength(1);
  });
});

describe("one of several branches that waits for another run", () => {
  const branches = (other: JsonObject[]): JsonObject => ({
    type: "parallel",
    branches: {
      child: { result_from: "run_workflow", steps: [start()] },
      other: { result_from: "b.from", steps: other },
    },
    output_to: "run_workflow",
  });

  test("beside a wait that ends sooner does not keep it waiting", async () => {
    const world = stage([branches([{ type: "wait", seconds: 60 }, call("b")])], slow);
    const began = world.clock.now();
    const runId = runIdOf(await world.post({}));
    await world.invoke();
    expect(await world.run(runId)).toMatchObject({ status: "waiting" });
    while (world.calls.length === 0) {
      world.clock.advance((world.queue.nextVisibleAt() ?? 0) - world.clock.now());
      await world.invoke();
    }
    expect(world.clock.now() - began).toBeLessThan(62 * SECOND);
    await world.settle();
    expect(await world.run(runId)).toMatchObject({
      status: "succeeded",
      output: { child: "a", other: "b" },
    });
  });

  test("beside a wait that ends later goes on when the other run ends", async () => {
    const world = stage(
      [
        {
          type: "parallel",
          branches: { a: [start(), call("b")], c: [{ type: "wait", seconds: 3600 }, call("c")] },
        },
      ],
      slow,
    );
    const runId = runIdOf(await world.post({}));
    const times = new Map<string, number>();
    const began = world.clock.now();
    while ((await world.run(runId)).status !== "succeeded") {
      const next = world.queue.nextVisibleAt();
      world.clock.advance(next === undefined ? MINUTE : Math.max(0, next - world.clock.now()));
      if (next === undefined) await world.sweep();
      await world.invoke();
      for (const { url } of world.calls)
        times.set(String(url), times.get(String(url)) ?? world.clock.now() - began);
    }
    expect(times.get("https://x.test/b")).toBeLessThan(605 * SECOND);
    expect(times.get("https://x.test/c")).toBeGreaterThanOrEqual(3600 * SECOND);
    expect(times.get("https://x.test/c")).toBeLessThan(3725 * SECOND);
  });
});

describe("where store or queue cannot be reached", () => {
  test.each(["create", "send"] as const)(
    "at the %s the run comes back later, with the same other run",
    async (at) => {
      let left = 1;
      const fail = async () => {
        left -= 1;
        throw new FlowError("connection", "not there");
      };
      const world = stage(
        [start()],
        { steps: [call("a")], output: "${a.from}" },
        {
          wrapStore: (store) => ({
            ...store,
            create: (run) => (at === "create" && run.parent && left > 0 ? fail() : store.create(run)),
          }),
          wrapQueue: (queue) => ({
            ...queue,
            send: async (message, delay) => {
              const isChild = (await world.store.get(message.runId))?.parent !== undefined;
              return at === "send" && isChild && left > 0 ? fail() : queue.send(message, delay);
            },
          }),
        },
      );
      const runId = runIdOf(await world.post({}));
      await world.invoke();
      expect(await world.run(runId)).toMatchObject({ status: "waiting", failures: 0 });
      await world.settle();
      for (let minute = 0; minute < 3; minute += 1) {
        world.clock.advance(MINUTE);
        await world.sweep();
        await world.settle();
      }
      expect(left).toBe(0);
      expect(await world.run(runId)).toMatchObject({ status: "succeeded", output: "a", failures: 0 });
      expect(await childrenOf(world)).toHaveLength(1);
    },
  );
});

test("without await the run goes on at once, and is told nothing of the other one's end", async () => {
  const world = stage([start({ await: false })], slow);
  const runId = runIdOf(await world.post({}));
  await world.invoke();
  const child = await onlyChildOf(world);
  expect(await world.run(runId)).toMatchObject({ status: "succeeded", output: { run_id: child.runId } });
  await world.settle();
  expect(await world.run(runId)).toMatchObject({ attempt: 1 });
  expect(await onlyChildOf(world)).toMatchObject({ status: "succeeded" });
});

test("a name that the stage does not have is refused with the nearest one, and no run is made", async () => {
  const world = stage([start({ name: "chidl" })], slow);
  const runId = runIdOf(await world.post({}));
  await world.settle();
  expect(await world.run(runId)).toMatchObject({
    status: "failed",
    attempt: 1,
    error: {
      class: "config_error",
      message: 'there is no workflow chidl in the stage test: did you mean "child"?',
    },
  });
  expect(await childrenOf(world)).toEqual([]);
});

test("a workflow of other stages is as good as none", async () => {
  const world = stage([start()], { ...slow, stages: ["prod"] });
  const runId = runIdOf(await world.post({}));
  await world.settle();
  expect(await world.run(runId)).toMatchObject({ status: "failed", error: { class: "config_error" } });
});
