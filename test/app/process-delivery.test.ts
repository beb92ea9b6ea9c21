import { describe, expect, test } from "@jest/globals";
import { cancelRun } from "../../lib/app/cancel-run.ts";
import { operatorOf } from "../../lib/app/operator.ts";
import type { Delivery } from "../../lib/app/process-delivery.ts";
import { runBatch } from "../../lib/app/run-batch.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import { createWorld, runIdOf, type World, type WorldOptions } from "../support/world.ts";

const call = (name: string, more: JsonObject = {}): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  output_to: name,
  ...more,
});
const ok = (name: string): JsonObject => ({ url: `https://x.test/${name}`, body: { from: name } });
const broken = (name: string, status: number): JsonObject => ({ url: `https://x.test/${name}`, status });

/** The lines that say how a run's attempt or a delivery ended. */
const ends = ({ log }: World) =>
  log.lines
    .filter(({ message }) => /^(run|delivery|message) /.test(message) || message.includes("lease"))
    .map(({ level, message, fields, context }) => ({ level, message, ...fields, ...context }));

/** Runs one event of a workflow for one invocation. */
async function once(options: WorldOptions) {
  const world = createWorld(options);
  const runId = runIdOf(await world.post({}));
  await world.invoke();
  return { world, runId };
}

/** A delivery of its own of a run's message. */
async function delivered(world: World, runId: string, receiveCount = 1): Promise<Delivery> {
  await world.queue.send({ runId });
  const received = world.queue.receive(10).at(-1);
  if (!received) throw new Error("no message");
  return { ...received, receiveCount };
}

const later = (world: World, ms = 900_000) => ({ deadline: world.clock.now() + ms });

describe("the log tells of a run's end", () => {
  test("that it succeeded, how long it took, what it cost and saved, and why it was stopped", async () => {
    const { world, runId } = await once({
      file: {
        environment: [{ name: "OPENAI_API_KEY", default: "sk-test" }],
        steps: [
          { type: "openai_completion", model: "good", prompt: "Hi", cache: { ttl: 60 } },
          { type: "openai_completion", model: "good", prompt: "Hi", cache: { ttl: 60 } },
          call("a"),
          { type: "stop", message: "enough" },
        ],
      },
      http: [{ ...ok("a"), delay_seconds: 2 }],
      llm: [{ model: "good", text: "Hello", usage: { input_tokens: 5, cost_usd: 0.5 } }],
    });
    expect(ends(world)).toEqual([
      {
        level: "info",
        message: "run succeeded",
        ms: 2_000,
        cost_usd: 0.5,
        saved_usd: 0.5,
        slowest: { id: "http_call_1", type: "http_call", ms: 2_000 },
        reason: "enough",
        run_id: runId,
        workflow: "example",
        attempt: 1,
        trace_id: runId.replaceAll("-", ""),
      },
    ]);
  });

  test("that it was dropped, and why", async () => {
    const filter = { type: "filter", conditions: [{ field: "x", op: "exists" }] };
    const { world } = await once({ file: { steps: [filter] } });
    expect(ends(world)).toMatchObject([
      { level: "info", message: "run dropped", reason: expect.stringContaining("x") },
    ]);
  });

  test("that it failed, with class, step and words", async () => {
    const { world } = await once({ file: { steps: [call("a")] }, http: [broken("a", 404)] });
    expect(ends(world)).toMatchObject([
      {
        level: "error",
        message: "run failed",
        class: "client_error",
        step: "0",
        error: expect.stringContaining("404"),
      },
    ]);
  });

  test("that it failed and is tried again, or goes on later", async () => {
    const failed = await once({ file: { steps: [call("a")] }, http: [broken("a", 503)] });
    expect(ends(failed.world)).toMatchObject([{ level: "error", message: "run failed, to be tried again" }]);
    const paused = await once({ file: { steps: [{ type: "wait", seconds: 60 }] } });
    expect(ends(paused.world)).toMatchObject([{ level: "info", message: "run paused (wait)" }]);
  });
});

describe("a message", () => {
  test("that no code of ours wrote stays in the queue, and is told with its id", async () => {
    const world = createWorld({ file: { steps: [] } });
    const delivery = { messageId: "m-1", receiptHandle: "r", body: "{}", receiveCount: 1 };
    expect(await runBatch(world.runner, [delivery], later(world))).toEqual(["m-1"]);
    expect(world.log.lines).toMatchObject([
      {
        level: "error",
        message: expect.stringContaining("dead-letter queue"),
        fields: { message_id: "m-1" },
      },
    ]);
  });

  test("of a run that is not there is dead, and says so", async () => {
    const world = createWorld({ file: { steps: [] } });
    expect(await runBatch(world.runner, [await delivered(world, "gone")], later(world))).toEqual([]);
    const reason = { class: "internal", message: "the store has no such run", step: null };
    expect(world.queue.deadLetters).toEqual([{ message: { runId: "gone" }, reason }]);
  });

  test("of a run that somebody holds, or that waits, is dropped and leaves a trace", async () => {
    const world = createWorld({ file: { steps: [{ type: "wait", seconds: 60 }] } });
    const runId = runIdOf(await world.post({}));
    const [message] = world.queue.receive(1);
    if (!message) throw new Error("no message");
    const claim = { owner: "other", now: world.clock.now(), leaseUntil: world.clock.now() + 1_000 };
    await world.store.claim(runId, claim);
    expect(await runBatch(world.runner, [message], later(world))).toEqual([]);
    await world.store.seize(runId);
    await world.queue.send({ runId });
    await world.invoke();
    expect(await runBatch(world.runner, [message], later(world))).toEqual([]);
    expect(ends(world).filter(({ level }) => level === "debug")).toEqual([
      { level: "debug", message: "message dropped: the run is held", run_id: runId },
      { level: "debug", message: "message dropped: the run is early", run_id: runId },
    ]);
  });
});

test("a message that comes again while its run is held stays: its holder may die before it has told how the run ended", async () => {
  const world = createWorld({ file: { steps: [] } });
  const runId = runIdOf(await world.post({}));
  const delivery = await delivered(world, runId, 2);
  const claim = { owner: "other", now: world.clock.now(), leaseUntil: world.clock.now() + 1_000 };
  await world.store.claim(runId, claim);
  expect(await runBatch(world.runner, [delivery], later(world))).toEqual([delivery.messageId]);
});

describe("a message of a run that has ended", () => {
  test("is done with when it comes the first time", async () => {
    const { world, runId } = await once({ file: { steps: [call("a")] }, http: [broken("a", 404)] });
    expect(await runBatch(world.runner, [await delivered(world, runId)], later(world))).toEqual([]);
    expect(world.queue.deadLetters).toHaveLength(1);
  });

  test("says the run's failure once more when it comes again: whoever ended it may have died before that", async () => {
    const { world, runId } = await once({ file: { steps: [call("a")] }, http: [broken("a", 404)] });
    const delivery = await delivered(world, runId, 2);
    expect(await runBatch(world.runner, [delivery], later(world))).toEqual([]);
    expect(world.queue.deadLetters).toHaveLength(2);
    expect(world.queue.deadLetters[1]).toEqual(world.queue.deadLetters[0]);
  });

  test("says nothing of one that somebody cancelled: it is no failure", async () => {
    const world = createWorld({ file: { steps: [] } });
    const runId = runIdOf(await world.post({}));
    await cancelRun(operatorOf(world.runner), runId);
    expect((await world.run(runId)).error).toMatchObject({ class: "cancelled" });
    expect(await runBatch(world.runner, [await delivered(world, runId, 2)], later(world))).toEqual([]);
    expect(world.queue.deadLetters).toEqual([]);
  });

  test("says nothing more of one that ended well", async () => {
    const { world, runId } = await once({ file: { steps: [] } });
    const delivery = await delivered(world, runId, 2);
    expect(await runBatch(world.runner, [delivery], later(world))).toEqual([]);
    expect(world.queue.deadLetters).toEqual([]);
  });
});

describe("a message that comes again for a run that has ended, whose end", () => {
  const endedAs = async (get: WorldOptions["wrapStore"]) => {
    const { world, runId } = await once({
      file: { steps: [call("a")] },
      http: [broken("a", 404)],
      ...(get && { wrapStore: get }),
    });
    const message = await delivered(world, runId, 2);
    return { world, message, again: await runBatch(world.runner, [message], later(world)) };
  };

  test("cannot be read for now, is left to another try", async () => {
    const { world, message, again } = await endedAs((store) => ({
      ...store,
      get: () => Promise.reject(new FlowError("connection", "the table is not there")),
    }));
    expect(again).toEqual([message.messageId]);
    expect(world.queue.deadLetters).toHaveLength(1);
  });

  test("was deleted a moment ago, is done with", async () => {
    const { world, again } = await endedAs((store) => ({ ...store, get: async () => undefined }));
    expect(again).toEqual([]);
    expect(world.queue.deadLetters).toHaveLength(1);
  });
});

test("a lease outlasts its invocation, so that no other runner begins while this one still writes", async () => {
  const world = createWorld({ file: { steps: [call("a")] }, http: [{ ...ok("a"), delay_seconds: 1 }] });
  await world.post({});
  const invocation = later(world);
  let leaseUntil: number | undefined;
  const { claim } = world.store;
  const store = {
    ...world.store,
    claim: (...given: Parameters<typeof claim>) => {
      ({ leaseUntil } = given[1]);
      return claim(...given);
    },
  };
  await runBatch({ ...world.runner, store }, world.queue.receive(1), invocation);
  expect(leaseUntil).toBe(invocation.deadline + world.runner.timings.leaseMarginMs);
});

describe("a run whose process died", () => {
  /** A run that somebody claimed and left, and its message. */
  async function abandoned() {
    const world = createWorld({ file: { steps: [call("a")] }, http: [ok("a")] });
    const runId = runIdOf(await world.post({}));
    const claim = { owner: "dead", now: world.clock.now(), leaseUntil: world.clock.now() + 1_000 };
    await world.store.claim(runId, { ...claim, inCompany: true });
    world.clock.advance(1_000);
    const [message] = world.queue.receive(1);
    if (!message) throw new Error("no message");
    return { world, runId, message };
  }

  test("goes on elsewhere where no time is left for it, and that is no death of its own", async () => {
    const { world, runId, message } = await abandoned();
    const before = await world.run(runId);
    const { handOverMarginMs } = world.runner.timings;
    expect(await runBatch(world.runner, [message], later(world, handOverMarginMs))).toEqual([]);
    expect(await world.run(runId)).toEqual(before);
    expect(world.calls).toEqual([]);
    world.queue.acknowledge(message.receiptHandle);
    await world.invoke();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
  });

  test("goes on elsewhere by one message, however many brought it here", async () => {
    const { world, runId, message } = await abandoned();
    const batch = [message, await delivered(world, runId), await delivered(world, runId)];
    const { handOverMarginMs } = world.runner.timings;
    expect(await runBatch(world.runner, batch, later(world, handOverMarginMs))).toEqual([]);
    expect(world.queue.receive(10).map(({ body }) => body)).toEqual([message.body]);
  });

  test("comes again where it cannot go on elsewhere", async () => {
    const { world, message } = await abandoned();
    const queue = { ...world.queue, send: () => Promise.reject(new FlowError("connection", "no queue")) };
    const again = await runBatch({ ...world.runner, queue }, [message], later(world, 0));
    expect(again).toEqual([message.messageId]);
  });

  test("comes last in its batch, whatever its place", async () => {
    const { world, runId, message } = await abandoned();
    const other = runIdOf(await world.post({}));
    const [second] = world.queue.receive(1);
    const finished: string[] = [];
    const { finish } = world.store;
    const runner = {
      ...world.runner,
      store: {
        ...world.store,
        finish: async (...given: Parameters<typeof finish>) => {
          finished.push(given[0].runId);
          await finish(...given);
        },
      },
    };
    expect(await runBatch(runner, [message, second as Delivery], later(world))).toEqual([]);
    expect(finished).toEqual([other, runId]);
  });
});

describe("a fault of store or queue", () => {
  const down = () => Promise.reject(new FlowError("connection", "the table is not there"));

  test("before the claim: the message comes back after 30 s, then 60 s, and the fault is told", async () => {
    const world = createWorld({ file: { steps: [] }, wrapStore: (store) => ({ ...store, claim: down }) });
    await world.post({});
    for (const seconds of [30, 60]) {
      const at = world.clock.now();
      expect(await world.invoke()).toEqual(["message-1"]);
      expect(world.queue.nextVisibleAt()).toBe(at + seconds * 1000);
      world.clock.advance(seconds * 1000);
    }
    expect(ends(world)[0]).toEqual({
      level: "error",
      message: "delivery failed: the table is not there",
      class: "connection",
      message_id: "message-1",
    });
  });

  test("while it runs: the run is let go of as it was claimed, and its message comes back when it is free", async () => {
    const world = createWorld({
      file: { steps: [call("a"), call("b")] },
      http: [ok("a"), ok("b")],
      wrapStore: (store) => ({ ...store, append: down }),
    });
    const runId = runIdOf(await world.post({}));
    const at = world.clock.now();
    expect(await world.invoke()).toEqual(["message-1"]);
    expect(world.queue.nextVisibleAt()).toBe(at + 30_000);
    expect(await world.run(runId)).toMatchObject({
      status: "waiting",
      failures: 0,
      spentMs: 0,
      costUsd: 0,
      notBefore: at + 30_000,
      dueAt: at + 30_000 + world.runner.timings.wakeMarginMs,
    });
  });

  test("also where neither run nor message can be let go of, nothing is thrown", async () => {
    const world = createWorld({
      file: { steps: [call("a"), call("b")] },
      http: [ok("a"), ok("b")],
      wrapStore: (store) => ({ ...store, append: down, release: down }),
      wrapQueue: (queue) => ({ ...queue, giveBack: down }),
    });
    await world.post({});
    expect(await world.invoke()).toEqual(["message-1"]);
  });
});

test("a runner that lost its lease says who has the run, and is done with the message", async () => {
  const world = createWorld({
    file: { steps: [call("a"), call("b")] },
    http: [ok("a"), ok("b")],
    wrapStore: (store) => ({
      ...store,
      append: async (lease, ...rest) => {
        await store.seize(lease.runId);
        await store.claim(lease.runId, {
          owner: "other",
          now: world.clock.now(),
          leaseUntil: world.clock.now(),
        });
        await store.append(lease, ...rest);
      },
    }),
  });
  const runId = runIdOf(await world.post({}));
  expect(await world.invoke()).toEqual([]);
  expect(ends(world)).toMatchObject([
    { level: "warn", message: expect.stringMatching(new RegExp(`${runId}.*another runner has the run`)) },
  ]);
});

describe("what is kept of a run", () => {
  test("that is to be tried again: its failure, when it goes on, and when somebody looks should that get lost", async () => {
    const { world, runId } = await once({ file: { steps: [call("a")] }, http: [broken("a", 503)] });
    const notBefore = world.clock.now() + 30_000;
    expect(await world.run(runId)).toMatchObject({
      status: "waiting",
      failures: 1,
      error: { class: "server_error", step: "0" },
      notBefore,
      dueAt: notBefore + world.runner.timings.wakeMarginMs,
    });
    expect(world.queue.nextVisibleAt()).toBe(notBefore);
  });

  test("that is handed over: it goes on at once, and somebody looks should its message get lost", async () => {
    const { world, runId } = await once({
      file: { steps: [call("a", { timeout: 600 }), call("b", { timeout: 600 })] },
      http: [{ ...ok("a"), delay_seconds: 500 }],
    });
    const run = await world.run(runId);
    expect(run).toMatchObject({
      status: "queued",
      dueAt: world.clock.now() + world.runner.timings.lookAfterMs,
    });
    expect(run).not.toHaveProperty("notBefore");
    expect(world.queue.nextVisibleAt()).toBe(world.clock.now());
  });

  test("that waits: until when, and somebody looks a little later should its message get lost", async () => {
    const { world, runId } = await once({ file: { steps: [{ type: "wait", seconds: 60 }] } });
    const notBefore = world.clock.now() + 60_000;
    const dueAt = notBefore + world.runner.timings.wakeMarginMs;
    expect(await world.run(runId)).toMatchObject({ status: "waiting", notBefore, dueAt });
    expect(world.queue.nextVisibleAt()).toBe(notBefore);
  });

  test("that ended: its output and when, as it was where the file blanks nothing", async () => {
    const { world, runId } = await once({
      file: { steps: [{ ...call("a"), timeout: 5 }], output: "${a.from}" },
      http: [{ ...ok("a"), delay_seconds: 2 }],
    });
    const run = await world.run(runId);
    expect(run).toMatchObject({
      status: "succeeded",
      output: "a",
      finishedAt: world.clock.now(),
      spentMs: 2_000,
    });
    for (const absent of ["blanked", "error", "reason"]) expect(run).not.toHaveProperty(absent);
  });
});

describe("the deliveries of a run", () => {
  test("count over all of its messages: one that the sweeper sent is no fresh start", async () => {
    const world = createWorld({
      file: { steps: [call("a")] },
      http: [broken("a", 503)],
      maxReceiveCount: 2,
    });
    const runId = runIdOf(await world.post({}));
    await world.invoke();
    expect(await world.run(runId)).toMatchObject({ status: "waiting", failures: 1 });
    world.clock.advance(30_000);
    await runBatch(world.runner, [await delivered(world, runId)], later(world));
    expect(await world.run(runId)).toMatchObject({ status: "failed", attempt: 2 });
  });

  test("are those of its message where that was delivered more often", async () => {
    const world = createWorld({
      file: { steps: [call("a")] },
      http: [broken("a", 503)],
      maxReceiveCount: 2,
    });
    const runId = runIdOf(await world.post({}));
    const [message] = world.queue.receive(1);
    await runBatch(world.runner, [{ ...(message as Delivery), receiveCount: 2 }], later(world));
    expect(await world.run(runId)).toMatchObject({ status: "failed", attempt: 1 });
  });
});
