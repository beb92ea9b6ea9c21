import { describe, expect, test } from "@jest/globals";
import { cancelRun } from "../../lib/app/cancel-run.ts";
import { describeRun } from "../../lib/app/describe-run.ts";
import { operatorOf } from "../../lib/app/operator.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import type { RunStore } from "../../lib/core/ports/run-store.ts";
import type { RunRecord } from "../../lib/core/run.ts";
import { createWorld, runIdOf, type World } from "../support/world.ts";

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
const start = (name: string, more: JsonObject = {}): JsonObject => ({ type: "run_workflow", name, ...more });
const pause: JsonObject = { type: "wait", seconds: 3600, id: "pause" };
const long: JsonObject = { steps: [pause, call("late")] };

const cancel = (world: World, runId: string) => cancelRun(operatorOf(world.runner), runId);
const urls = (world: World) => world.calls.map(({ url }) => String(url).replace("https://x.test/", ""));

async function runsOf(world: World, workflow: string): Promise<readonly RunRecord[]> {
  const query = { workflows: [workflow], limit: 100, until: world.clock.now(), since: 0 };
  const listed = await world.store.list(query);
  return Promise.all(listed.map(({ runId }) => world.run(runId)));
}

describe("a run that somebody cancels", () => {
  test("before it began, never begins", async () => {
    const world = createWorld({ file: { steps: [call("a")], on_failure: [call("alarm")] } });
    const runId = runIdOf(await world.post({}));
    expect(await cancel(world, runId)).toEqual({ kind: "cancelled", before: false });
    await world.settle();
    const run = await world.run(runId);
    expect(run).toMatchObject({
      status: "cancelled",
      attempt: 0,
      error: { class: "cancelled", step: null, message: "somebody cancelled the run" },
      journal: [],
    });
    expect(describeRun(run)).toMatchObject({ started_at: null, finished_at: expect.any(String) });
    expect(urls(world)).toEqual([]);
    expect(world.queue.deadLetters).toEqual([]);
  });

  test("while it waits, is named with the step it waited at, and does not go on", async () => {
    const world = createWorld({
      file: { steps: [call("a"), pause, call("b")] },
      http: [ok("a")],
    });
    const runId = runIdOf(await world.post({}));
    await world.invoke();
    await cancel(world, runId);
    await world.settle();
    await world.sweep();
    expect(await world.run(runId)).toMatchObject({
      status: "cancelled",
      error: { class: "cancelled", step: "1", id: "pause" },
    });
    expect(urls(world)).toEqual(["a"]);
    expect(await world.store.due(Number.POSITIVE_INFINITY, 10)).toEqual([]);
  });

  test("while a runner works on it, is left by that runner at its next write, which changes nothing", async () => {
    let during = async () => {};
    const world = createWorld({
      file: { steps: [call("a"), call("b"), call("c")], on_failure: [call("alarm")] },
      http: [ok("a"), ok("b"), ok("c")],
      wrapHttp: (http) => ({
        async send(request) {
          if (request.url.endsWith("/b")) await during();
          return http.send(request);
        },
      }),
    });
    const runId = runIdOf(await world.post({}));
    during = async () => {
      expect(await cancel(world, runId)).toEqual({ kind: "cancelled", before: false });
    };
    expect(await world.invoke()).toEqual([]);
    const cancelled = await world.run(runId);
    expect(cancelled).toMatchObject({ status: "cancelled", journal: [{ path: "0" }] });
    expect(urls(world)).toEqual(["a", "b"]);
    await world.settle();
    expect(await world.run(runId)).toEqual(cancelled);
  });

  test("during a long call, has the call cut off within 15 seconds", async () => {
    let during = () => {};
    const world = createWorld({
      file: { steps: [call("a", { timeout: 600 })] },
      http: [ok("a", { delay_seconds: 500 })],
      wrapHttp: (http) => ({
        send(request) {
          during();
          return http.send(request);
        },
      }),
    });
    const runId = runIdOf(await world.post({}));
    during = () => world.clock.timer(100_000, () => void cancel(world, runId));
    const began = world.clock.now();
    await world.invoke();
    const tookSeconds = (world.clock.now() - began) / 1000;
    expect(tookSeconds).toBeGreaterThanOrEqual(100);
    expect(tookSeconds).toBeLessThanOrEqual(115);
    expect(await world.run(runId)).toMatchObject({ status: "cancelled", journal: [] });
  });

  test("stays as it is when it has ended before", async () => {
    const world = createWorld({ file: { steps: [] } });
    const runId = runIdOf(await world.post({}));
    await world.settle();
    const before = await world.run(runId);
    expect(await cancel(world, runId)).toEqual({ kind: "final", status: "succeeded" });
    expect(await world.run(runId)).toEqual(before);
    expect(await cancel(world, "0192f0c1-0000-7000-8000-000000000000")).toEqual({ kind: "missing" });
  });

  test("has its history blanked as its file says", async () => {
    const world = createWorld({
      file: { history: { redact: ["card", "a.from"] }, steps: [call("a"), pause] },
      http: [ok("a")],
    });
    const runId = runIdOf(await world.post({ card: "4111" }));
    await world.invoke();
    await cancel(world, runId);
    const run = await world.run(runId);
    expect(describeRun(run).state).toMatchObject({ card: "***", a: { from: "***" } });
    expect(run).toMatchObject({ status: "cancelled", blanked: true });
  });

  test("keeps what its models cost", async () => {
    const world = createWorld({
      file: {
        steps: [{ type: "openai_completion", api_key: "k", prompt: "Hi" }, pause],
      },
      llm: [{ text: "Hello", usage: { input_tokens: 5, cost_usd: 0.5 } }],
    });
    const runId = runIdOf(await world.post({}));
    await world.invoke();
    await cancel(world, runId);
    expect(await world.run(runId)).toMatchObject({ status: "cancelled", costUsd: 0.5 });
  });

  test("a short run asks the store nothing more than without it", async () => {
    let asked = 0;
    const world = createWorld({
      file: { steps: [call("a")] },
      http: [ok("a", { delay_seconds: 14 })],
      wrapStore: (store) => ({
        ...store,
        status(runId) {
          asked += 1;
          return store.status(runId);
        },
      }),
    });
    await world.post({});
    await world.settle();
    expect(asked).toBe(0);
  });

  test("goes on when the store cannot say how it stands, and asks again", async () => {
    const world = createWorld({
      file: { steps: [call("a", { timeout: 100 })] },
      http: [ok("a", { delay_seconds: 40 })],
      wrapStore: (store) => ({
        ...store,
        status: () => Promise.reject(new FlowError("connection", "no store")),
      }),
    });
    const runId = runIdOf(await world.post({}));
    await world.settle();
    expect((await world.run(runId)).status).toBe("succeeded");
    expect(world.log.lines.filter(({ message }) => message.includes("no store"))).toHaveLength(2);
  });
});

describe("the runs that a cancelled run waits for", () => {
  const tree = () =>
    createWorld({
      file: {
        steps: [
          start("unawaited", { await: false, output_to: "other" }),
          { type: "parallel", branches: { one: [start("child")], two: [start("child")] } },
        ],
      },
      workflows: { child: { steps: [start("grandchild")] }, grandchild: { ...long }, unawaited: { ...long } },
      http: [ok("late")],
    });

  test("are cancelled with it, and theirs; one that nobody waits for goes on", async () => {
    const world = tree();
    const runId = runIdOf(await world.post({}));
    for (let left = 6; left > 0; left -= 1) await world.invoke();
    expect(await runsOf(world, "grandchild")).toHaveLength(2);
    await cancel(world, runId);
    for (const workflow of ["example", "child", "grandchild"])
      for (const run of await runsOf(world, workflow))
        expect([workflow, run.status]).toEqual([workflow, "cancelled"]);
    await world.settle();
    world.clock.advance(3_600_000);
    await world.sweep();
    await world.settle();
    expect((await runsOf(world, "unawaited")).map(({ status }) => status)).toEqual(["succeeded"]);
    expect(urls(world)).toEqual(["late"]);
  });

  test("are cancelled by repeating it where that was cut off", async () => {
    const world = tree();
    const runId = runIdOf(await world.post({}));
    for (let left = 6; left > 0; left -= 1) await world.invoke();
    const operator = operatorOf(world.runner);
    const status = () => Promise.reject(new FlowError("connection", "no store"));
    const struck = { ...operator, store: { ...operator.store, status } };
    await expect(cancelRun(struck, runId)).rejects.toMatchObject({ class: "connection" });
    expect((await world.run(runId)).status).toBe("cancelled");
    expect((await runsOf(world, "child")).map((run) => run.status)).toEqual(["waiting", "waiting"]);
    expect(await cancel(world, runId)).toEqual({ kind: "cancelled", before: true });
    for (const run of [...(await runsOf(world, "child")), ...(await runsOf(world, "grandchild"))])
      expect(run.status).toBe("cancelled");
  });

  test("end by themselves when they were made only afterwards", async () => {
    let cancelNow = async () => {};
    const world = createWorld({
      file: { steps: [start("child")] },
      workflows: { child: { steps: [call("a")] } },
      wrapStore(store): RunStore {
        return {
          ...store,
          async create(run) {
            if (run.workflow === "child") await cancelNow();
            return store.create(run);
          },
        };
      },
    });
    const runId = runIdOf(await world.post({}));
    cancelNow = async () => void (await cancel(world, runId));
    await world.settle();
    const [child] = await runsOf(world, "child");
    expect(await world.run(runId)).toMatchObject({ status: "cancelled", error: { step: "0" } });
    expect(child).toMatchObject({
      status: "cancelled",
      error: { message: `run ${runId}, whose step 0 waited for this one, was cancelled` },
    });
    expect(urls(world)).toEqual([]);
  });

  test("a run whose child is cancelled goes on at once, and its step has failed", async () => {
    const world = createWorld({
      file: { steps: [start("child", { swallow_on_error: true, output_to: "it" }), call("a")] },
      workflows: { child: long },
      http: [ok("a")],
    });
    const runId = runIdOf(await world.post({}));
    for (let left = 3; left > 0; left -= 1) await world.invoke();
    const [child] = await runsOf(world, "child");
    const at = world.clock.now();
    await cancel(world, child?.runId ?? "");
    await world.invoke();
    expect(world.clock.now() - at).toBeLessThan(1_000);
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
    expect(describeRun(await world.run(runId)).state).toMatchObject({ it: null });
  });
});
