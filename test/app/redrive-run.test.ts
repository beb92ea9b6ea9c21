import { describe, expect, test } from "@jest/globals";
import { describeRun } from "../../lib/app/describe-run.ts";
import { operatorOf } from "../../lib/app/operator.ts";
import { type RedriveOptions, redriveRun } from "../../lib/app/redrive-run.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import type { HttpRequest } from "../../lib/core/ports/http.ts";
import { createWorld, runIdOf, type World, type WorldOptions } from "../support/world.ts";

const DAY = 86_400_000;

const call = (name: string, more: JsonObject = {}): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  output_to: name,
  ...more,
});
const ok = (name: string): Json => ({ url: `https://x.test/${name}`, body: { from: name } });
const answers = (name: string, ...all: JsonObject[]): Json => ({
  url: `https://x.test/${name}`,
  answers: all,
});
const GONE = { status: 410 };
const fine = (name: string): JsonObject => ({ body: { from: name } });

/** A stage and the keys of the requests that its steps made, by the name of what they called. */
function stage(options: WorldOptions): { readonly world: World; readonly keys: readonly string[] } {
  const keys: string[] = [];
  const world = createWorld({
    ...options,
    wrapHttp: (http) => ({
      send(request: HttpRequest) {
        keys.push(
          `${request.url.replace("https://x.test/", "")} ${request.headers["Idempotency-Key"]?.slice(37)}`,
        );
        return http.send(request);
      },
    }),
  });
  return { world, keys };
}

const redrive = (world: World, runId: string, options?: RedriveOptions) =>
  redriveRun(operatorOf(world.runner), runId, options);

/** Posts an event and lets the stage work until nothing moves. */
async function ended(world: World, event: Json = {}): Promise<string> {
  const runId = runIdOf(await world.post(event));
  await world.settle();
  return runId;
}

describe("a failed run that is redriven", () => {
  test("goes on at the step that failed, with what the others left, and ends as if it had not failed", async () => {
    const { world, keys } = stage({
      file: {
        steps: [call("a"), call("b", { method: "POST", body: "${a.from}" }), call("c")],
        output: "${b.from}",
      },
      http: [ok("a"), answers("b", GONE, fine("b")), ok("c")],
    });
    const runId = await ended(world);
    expect(await world.run(runId)).toMatchObject({ status: "failed", error: { step: "1" } });
    expect(await redrive(world, runId)).toEqual({ kind: "redriven" });
    await world.settle();
    const run = await world.run(runId);
    expect(run).toMatchObject({ status: "succeeded", output: "b", attempt: 2, redrives: [{ entries: 2 }] });
    expect(run).not.toHaveProperty("error");
    expect(keys).toEqual(["a 0", "b 1", "b 1", "c 2"]);
    expect(run.journal.map(({ path, status }) => `${path} ${status}`)).toEqual([
      "0 ok",
      "1 failed",
      "1 ok",
      "2 ok",
    ]);
  });

  test("runs on_failure once more when it fails again, as an effect of its own", async () => {
    const { world, keys } = stage({
      file: { steps: [call("a")], on_failure: [call("alarm", { method: "POST", body: "${error.message}" })] },
      http: [answers("a", GONE, GONE, fine("a")), ok("alarm")],
    });
    const runId = await ended(world);
    await redrive(world, runId);
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "failed", error: { step: "0" } });
    expect(keys).toEqual(["a 0", "alarm on_failure.0", "a 0", "alarm on_failure@1.0"]);
    await redrive(world, runId);
    await world.settle();
    const run = await world.run(runId);
    expect(run.status).toBe("succeeded");
    expect(run.journal.map(({ path }) => path)).toEqual([
      "0",
      "on_failure",
      "on_failure.0",
      "0",
      "on_failure@1",
      "on_failure@1.0",
      "0",
    ]);
    expect(describeRun(run).output).toEqual({ a: { from: "a" }, a_meta: expect.anything() });
  });

  test("shows, while it is failed, the state that the last round of on_failure left", async () => {
    const { world } = stage({
      file: {
        steps: [call("a")],
        on_failure: [{ type: "set", values: { told: "${told, 0}-${error.class}" } }],
      },
      http: [answers("a", GONE, { status: 404 })],
    });
    const runId = await ended(world);
    await redrive(world, runId);
    await world.settle();
    expect(describeRun(await world.run(runId)).state).toEqual({ told: "0-client_error" });
  });

  test("has all its deliveries and all the retries of its step before it", async () => {
    const { world, keys } = stage({
      file: { steps: [call("a", { retries: 1, backoff_seconds: 60 })] },
      http: [answers("a", ...Array(13).fill({ status: 503 }), fine("a"))],
      maxReceiveCount: 3,
    });
    const runId = await ended(world);
    expect(await world.run(runId)).toMatchObject({ status: "failed", failures: 2 });
    expect(keys).toHaveLength(6);
    await redrive(world, runId);
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "failed", failures: 2 });
    expect(keys).toHaveLength(12);
    await redrive(world, runId);
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
    expect(keys).toHaveLength(14);
  });

  test("begins its retries anew where the run ended in the middle of them", async () => {
    const { world, keys } = stage({
      file: { timeout: 5, steps: [call("a", { retries: 2, backoff_seconds: 60 })] },
      http: [
        answers(
          "a",
          { status: 503, delay_seconds: 3 },
          { status: 503, delay_seconds: 3 },
          ...Array(2).fill({ status: 503 }),
          fine("a"),
        ),
      ],
    });
    const runId = await ended(world);
    expect(await world.run(runId)).toMatchObject({ status: "failed", error: { class: "timeout" } });
    expect(keys).toHaveLength(2);
    await redrive(world, runId);
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
    expect(keys).toHaveLength(5);
  });

  test("has the whole time of its file again", async () => {
    const { world } = stage({
      file: { timeout: 10, steps: [call("a"), call("b")] },
      http: [ok("a"), answers("b", { body: 1, delay_seconds: 11 }, { body: 2, delay_seconds: 9 })],
    });
    const runId = await ended(world);
    expect(await world.run(runId)).toMatchObject({ status: "failed", error: { class: "timeout" } });
    await redrive(world, runId);
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
  });

  test("repeats of a loop only the items that failed", async () => {
    const { world, keys } = stage({
      file: {
        steps: [
          {
            type: "for_each",
            input_from: "ids",
            item_scope: "isolated",
            steps: [call("a"), call("${item}", { output_to: "it" })],
            output_to: "all",
            result_from: "it.from",
          },
        ],
        output: "${all}",
      },
      http: [ok("a"), ok("1"), answers("2", GONE, fine("2")), ok("3")],
    });
    const runId = await ended(world, { ids: ["1", "2", "3"] });
    expect(await world.run(runId)).toMatchObject({ status: "failed" });
    const before = keys.length;
    await redrive(world, runId);
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded", output: ["1", "2", "3"] });
    expect(keys.slice(before)).toEqual(["2 0.items.1.1"]);
  });

  test("counts what every round cost", async () => {
    const model = { type: "openai_completion", api_key: "k", prompt: "Hi", include_usage: false };
    const { world } = stage({
      file: { steps: [model, call("a"), model], on_failure: [model] },
      http: [answers("a", GONE, fine("a"))],
      llm: [{ text: "Hello", usage: { input_tokens: 5, cost_usd: 0.5 }, times: 3 }],
    });
    const runId = await ended(world);
    expect(await world.run(runId)).toMatchObject({ costUsd: 1 });
    await redrive(world, runId);
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded", costUsd: 1.5 });
  });

  test("starts another run where the one that its step started had failed", async () => {
    const { world } = stage({
      file: { steps: [{ type: "run_workflow", name: "child" }], output: "${run_workflow}" },
      workflows: { child: { steps: [call("a")], output: "${a.from}" } },
      http: [answers("a", GONE, fine("a"))],
    });
    const runId = await ended(world);
    await redrive(world, runId);
    await world.settle();
    const run = await world.run(runId);
    expect(run).toMatchObject({ status: "succeeded", output: "a" });
    expect(describeRun(run).children).toHaveLength(2);
  });

  test("is kept for a week from then, or as long as a new run where that is less", async () => {
    for (const [days, kept] of [
      [30, 7],
      [3, 3],
    ] as const) {
      const { world } = stage({
        file: { steps: [call("a")], history: { retention_days: days } },
        http: [answers("a", GONE)],
      });
      const runId = await ended(world);
      world.clock.advance((days - 1) * DAY);
      await redrive(world, runId);
      const { expiresAt } = await world.run(runId);
      expect(Math.round((expiresAt * 1000 - world.clock.now()) / DAY)).toBe(kept);
    }
  });

  test("goes on when its process dies, as any run does", async () => {
    let isDown = false;
    const { world, keys } = stage({
      file: { steps: [call("a"), call("b")] },
      http: [answers("a", GONE, fine("a")), ok("b")],
      wrapStore: (store) => ({
        ...store,
        async append(...given) {
          if (isDown) throw new FlowError("connection", "no store");
          return store.append(...given);
        },
      }),
    });
    const runId = await ended(world);
    await redrive(world, runId);
    isDown = true;
    await world.invoke();
    isDown = false;
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
    expect(keys).toEqual(["a 0", "a 0", "a 0", "b 1"]);
  });
});

describe("a call that may be made once at most", () => {
  const file: JsonObject = {
    steps: [
      {
        type: "parallel",
        branches: {
          one: [call("pay", { effect: "at_most_once" })],
          two: [call("a"), call("b"), call("c"), call("gone")],
        },
      },
    ],
  };
  const http = [
    answers("pay", { error: "timeout" }, fine("pay")),
    ok("a"),
    ok("b"),
    ok("c"),
    answers("gone", GONE, fine("gone")),
  ];

  test("and perhaps was, keeps the run from being redriven, whichever step the run failed at", async () => {
    const { world, keys } = stage({ file, http });
    const runId = await ended(world);
    const before = await world.run(runId);
    expect(await redrive(world, runId)).toEqual({ kind: "unknown_outcome", steps: ["0.one.0"] });
    expect(await world.run(runId)).toEqual(before);
    expect(world.queue.nextVisibleAt()).toBeUndefined();
    expect(await redrive(world, runId, { repeatUnknown: true })).toEqual({ kind: "redriven" });
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
    expect(keys.filter((key) => key.startsWith("pay"))).toHaveLength(2);
  });

  test("and perhaps was, is not made again when the run's process dies beside it", async () => {
    let isStored = false;
    let isCut = false;
    const { world, keys } = stage({
      file,
      http,
      wrapStore: (store) => ({
        ...store,
        async append(lease, segment, entries) {
          if (isStored && !isCut) {
            isCut = true;
            throw new FlowError("connection", "no store");
          }
          isStored ||= entries.some(({ path, status }) => path === "0.one.0" && status === "failed");
          return store.append(lease, segment, entries);
        },
      }),
    });
    const runId = await ended(world);
    expect(isCut).toBe(true);
    expect(await world.run(runId)).toMatchObject({ status: "failed" });
    expect(keys.filter((key) => key.startsWith("pay"))).toHaveLength(1);
  });
});

describe("a run that cannot be redriven", () => {
  test("is one that has not failed", async () => {
    const { world } = stage({ file: { steps: [call("a")] }, http: [ok("a")] });
    const runId = runIdOf(await world.post({}));
    expect(await redrive(world, runId)).toEqual({ kind: "not_failed", status: "queued" });
    await world.settle();
    expect(await redrive(world, runId)).toEqual({ kind: "not_failed", status: "succeeded" });
    expect(world.queue.nextVisibleAt()).toBeUndefined();
  });

  test("is one whose history was blanked, or that is not there", async () => {
    const { world } = stage({
      file: { steps: [call("a")], history: { redact: ["card"] } },
      http: [answers("a", GONE)],
    });
    const runId = await ended(world, { card: "4111" });
    expect(await redrive(world, runId)).toEqual({ kind: "blanked" });
    expect(await redrive(world, "0192f0c1-0000-7000-8000-000000000000")).toEqual({ kind: "missing" });
  });
});

test("a redrive whose message was not sent is finished by asking again, and counted once", async () => {
  const { world } = stage({ file: { steps: [call("a")] }, http: [answers("a", GONE, fine("a"))] });
  const runId = await ended(world);
  const operator = operatorOf(world.runner);
  const send = () => Promise.reject(new FlowError("connection", "no queue"));
  await expect(redriveRun({ ...operator, queue: { ...operator.queue, send } }, runId)).rejects.toMatchObject({
    class: "connection",
  });
  expect(await world.run(runId)).toMatchObject({ status: "queued" });
  expect(await redrive(world, runId)).toEqual({ kind: "redriven" });
  await world.settle();
  const run = await world.run(runId);
  expect(run).toMatchObject({ status: "succeeded" });
  expect(run.redrives).toHaveLength(1);
});
