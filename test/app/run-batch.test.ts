import { describe, expect, test } from "@jest/globals";
import { describeRun } from "../../lib/app/describe-run.ts";
import { runBatch } from "../../lib/app/run-batch.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import { createWorld, runIdOf } from "../support/world.ts";

const call = (name: string, more: JsonObject = {}): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  output_to: name,
  ...more,
});
const ok = (name: string): JsonObject => ({ url: `https://x.test/${name}`, body: { from: name } });
const broken = (name: string, status: number): JsonObject => ({ url: `https://x.test/${name}`, status });

describe("a batch", () => {
  test("runs its messages at once and reports only those that are to come again", async () => {
    const world = createWorld({
      file: { steps: [{ type: "http_call", url: "https://x.test/${input.id}" }] },
      http: [ok("1"), broken("2", 503), broken("3", 404)],
    });
    const ids = [];
    for (const id of [1, 2, 3]) ids.push(runIdOf(await world.post({ id })));
    const again = await world.invoke();
    expect(again).toEqual(["message-2"]);
    const statuses = await Promise.all(ids.map(async (id) => (await world.run(id)).status));
    expect(statuses).toEqual(["succeeded", "waiting", "failed"]);
  });

  test("survives messages that no code of ours wrote, and runs that are not there", async () => {
    const world = createWorld({ file: { steps: [] } });
    const strange = { messageId: "m", receiptHandle: "r", body: "\u0000{", receiveCount: 1 };
    await world.queue.send({ runId: "no-such-run" });
    const [missing] = world.queue.receive(1);
    const again = await runBatch(world.runner, [strange, missing as typeof strange], {
      deadline: world.clock.now() + 900_000,
    });
    expect(again).toEqual(["m"]);
    expect(world.queue.deadLetters).toMatchObject([{ reason: { class: "internal" } }]);
  });
});

describe("a run whose step failed with a class that heals", () => {
  test("comes again after 30, 60, 120 and 240 seconds, resumes at the failed step, and succeeds when it can", async () => {
    const answers = [{ status: 503 }, { status: 503 }, { status: 503 }, { status: 503 }, { body: "at last" }];
    const world = createWorld({
      file: { steps: [call("a"), call("b")] },
      http: [ok("a"), { url: "https://x.test/b", answers }],
    });
    const started = world.clock.now();
    const runId = runIdOf(await world.post({}));
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded", attempt: 5, failures: 4 });
    expect((world.clock.now() - started) / 1000).toBe(30 + 60 + 120 + 240);
    expect(world.calls.map(({ url }) => url)).toEqual([
      "https://x.test/a",
      ...Array(5).fill("https://x.test/b"),
    ]);
  });

  test("is failed after the fifth delivery, with on_failure run once and the reason in the dead-letter queue", async () => {
    const world = createWorld({
      file: { steps: [call("a")], on_failure: [call("alarm")] },
      http: [broken("a", 500), ok("alarm")],
    });
    const runId = runIdOf(await world.post({}));
    await world.settle();
    expect(await world.run(runId)).toMatchObject({
      status: "failed",
      attempt: 5,
      error: { class: "server_error", step: "0" },
    });
    expect(world.queue.deadLetters).toMatchObject([
      { message: { runId }, reason: { class: "server_error", step: "0" } },
    ]);
    expect(world.calls.map(({ url }) => url)).toEqual([
      ...Array(5).fill("https://x.test/a"),
      "https://x.test/alarm",
    ]);
  });

  test("waits as long as Retry-After says", async () => {
    const answers = [{ status: 429, headers: { "retry-after": "300" } }, { body: 1 }];
    const world = createWorld({ file: { steps: [call("a")] }, http: [{ url: "https://x.test/a", answers }] });
    const started = world.clock.now();
    await world.post({});
    await world.settle();
    expect((world.clock.now() - started) / 1000).toBe(300);
  });
});

describe("a run whose step failed for good", () => {
  test("is failed at the first delivery", async () => {
    const world = createWorld({ file: { steps: [call("a")] }, http: [broken("a", 404)] });
    const runId = runIdOf(await world.post({}));
    await world.settle();
    expect(await world.run(runId)).toMatchObject({
      status: "failed",
      attempt: 1,
      error: { class: "client_error" },
    });
    expect(world.queue.deadLetters).toHaveLength(1);
  });
});

describe("a retry that waits long", () => {
  test("leaves the invocation and goes on from the queue with its attempts counted", async () => {
    const answers = [{ status: 503 }, { status: 503 }, { body: 1 }];
    const world = createWorld({
      file: { steps: [call("a", { retries: 2, backoff_seconds: 60, backoff: "constant" })] },
      http: [{ url: "https://x.test/a", answers }],
    });
    const runId = runIdOf(await world.post({}));
    await world.invoke();
    expect(await world.run(runId)).toMatchObject({ status: "waiting" });
    expect(world.clock.slept).toEqual([]);
    await world.settle();
    const run = await world.run(runId);
    expect(run).toMatchObject({ status: "succeeded", attempt: 3, failures: 0 });
    expect(run.journal.at(-1)).toMatchObject({ path: "0", status: "ok", attempts: 3 });
  });
});

describe("an invocation whose time is nearly up", () => {
  test("hands the run over to the next one", async () => {
    const world = createWorld({
      file: { steps: [call("a", { timeout: 600 }), call("b", { timeout: 600 })] },
      http: [{ ...ok("a"), delay_seconds: 500 }, ok("b")],
    });
    const runId = runIdOf(await world.post({}));
    await world.invoke();
    expect(await world.run(runId)).toMatchObject({ status: "queued", attempt: 1 });
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded", attempt: 2 });
    expect(world.calls).toHaveLength(2);
  });

  test("however short it is, some work is done before the run is handed over", async () => {
    const slow = (name: string) => ({ ...ok(name), delay_seconds: 1 });
    const world = createWorld({
      file: { steps: ["a", "b", "c", "d"].map((name) => call(name, { timeout: 2 })) },
      http: ["a", "b", "c", "d"].map(slow),
      invocationMs: 4_000,
    });
    const runId = runIdOf(await world.post({}));
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded", attempt: 2 });
    expect(world.calls).toHaveLength(4);
  });
});

describe("a process that dies", () => {
  const file = { steps: [call("a"), call("b")] };
  const http = [ok("a"), ok("b")];
  const never = new Promise<never>(() => {});

  /** Makes the store stop answering once: the process is gone from there on. */
  function dyingWorld(dieAt: "finish" | "append") {
    let dead = false;
    return createWorld({
      file,
      http,
      wrapStore: (store) => ({
        ...store,
        [dieAt]: (...args: never[]) => {
          if (dead) return (store[dieAt] as (...all: never[]) => Promise<void>)(...args);
          dead = true;
          return never;
        },
      }),
    });
  }

  test.each(["append", "finish"] as const)(
    "before %s: the sweeper brings the run back when its lease is over, and it ends well",
    async (dieAt) => {
      const world = dyingWorld(dieAt);
      const runId = runIdOf(await world.post({}));
      void world.invoke();
      while (!(await world.run(runId)).startedAt) await new Promise(setImmediate);
      for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
      expect(await world.sweep()).toBe(0);
      world.clock.advance(25 * 60_000);
      expect(await world.sweep()).toBe(1);
      await world.settle();
      expect(await world.run(runId)).toMatchObject({ status: "succeeded", attempt: 2 });
    },
  );

  test("twice, the second time alone: the run is failed with the step's path", async () => {
    const world = createWorld({ file, http });
    const runId = runIdOf(await world.post({}));
    world.queue.receive(10);
    const claim = { now: world.clock.now(), leaseUntil: world.clock.now() + 1_000 };
    await world.store.claim(runId, { owner: "dead-1", inCompany: true, ...claim });
    world.clock.advance(2_000);
    const alone = { now: world.clock.now(), leaseUntil: world.clock.now() + 1_000 };
    await world.store.claim(runId, { owner: "dead-2", ...alone });
    world.clock.advance(2_000);
    await world.queue.send({ runId });
    await world.settle();
    expect(await world.run(runId)).toMatchObject({
      status: "failed",
      error: { class: "internal", step: "0" },
    });
    expect(world.calls).toEqual([]);
  });
});

describe("two runners", () => {
  test("never run the same run: the second message is dropped while the first holds the lease", async () => {
    const world = createWorld({ file: { steps: [call("a")] }, http: [{ ...ok("a"), delay_seconds: 5 }] });
    const runId = runIdOf(await world.post({}));
    await world.queue.send({ runId });
    expect(await world.invoke()).toEqual([]);
    expect(world.calls).toHaveLength(1);
  });

  test("the one that lost its lease stops at its next write and changes nothing", async () => {
    const world = createWorld({
      file: { steps: [call("a"), call("b")] },
      http: [{ ...ok("a"), delay_seconds: 5 }, ok("b")],
    });
    const runId = runIdOf(await world.post({}));
    const first = world.invoke();
    while (!(await world.run(runId)).startedAt) await new Promise(setImmediate);
    await world.store.seize(runId);
    const taken = await world.store.claim(runId, {
      owner: "other",
      now: world.clock.now(),
      leaseUntil: world.clock.now() + 60_000,
    });
    expect(taken.kind).toBe("claimed");
    expect(await first).toEqual([]);
    expect(world.calls.map(({ url }) => url)).toEqual(["https://x.test/a"]);
    expect(await world.run(runId)).toMatchObject({ status: "running", journal: [] });
  });
});

describe("secrets", () => {
  test("that cannot be read make the run come again", async () => {
    let down = true;
    const world = createWorld({
      file: {
        environment: [{ name: "TOKEN", secret: true }],
        steps: [call("a", { headers: { authorization: "Bearer ${env:TOKEN}" } })],
      },
      http: [ok("a")],
      secrets: { TOKEN: "s3cret-value" },
    });
    const { workflowSecrets } = world.runner.secrets;
    Object.assign(world.runner.secrets, {
      workflowSecrets: async () => {
        if (!down) return workflowSecrets();
        down = false;
        throw new FlowError("connection", "no Secrets Manager");
      },
    });
    const runId = runIdOf(await world.post({}));
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded", attempt: 2 });
  });

  test("are read again when a provider answers 401, without using up an attempt", async () => {
    const secrets: Record<string, string> = { TOKEN: "old-value" };
    const world = createWorld({
      file: {
        environment: [{ name: "TOKEN", secret: true }],
        steps: [call("a", { headers: { "x-token": "${env:TOKEN}" } })],
      },
      http: [{ url: "https://x.test/a", answers: [{ status: 401 }, { body: 1 }] }],
      secrets,
    });
    Object.assign(world.runner.secrets, { forget: () => Object.assign(secrets, { TOKEN: "new-value" }) });
    Object.assign(world.runner.secrets, { workflowSecrets: async () => ({ ...secrets }) });
    const runId = runIdOf(await world.post({}));
    await world.settle();
    const run = await world.run(runId);
    expect(run).toMatchObject({ status: "succeeded", attempt: 1, journal: [{ attempts: 1 }] });
    expect(world.calls.map(({ headers }) => (headers as JsonObject)["x-token"])).toEqual([
      "old-value",
      "new-value",
    ]);
  });
});

describe("secrets that change while the run is under way", () => {
  test("P8 are blanked with their old and their new value", async () => {
    const secrets: Record<string, string> = { TOKEN: "old-value" };
    const world = createWorld({
      file: {
        environment: [{ name: "TOKEN", secret: true }],
        steps: [call("a", { headers: { "x-token": "${env:TOKEN}" } })],
      },
      http: [
        {
          url: "https://x.test/a",
          answers: [{ status: 401 }, { status: 400, body: "old-value or new-value" }],
        },
      ],
      secrets,
    });
    Object.assign(world.runner.secrets, {
      forget: () => Object.assign(secrets, { TOKEN: "new-value" }),
      workflowSecrets: async () => ({ ...secrets }),
    });
    const runId = runIdOf(await world.post({}));
    await world.settle();
    const run = await world.run(runId);
    expect(run).toMatchObject({ status: "failed", error: { details: { body: "*** or ***" } } });
    expect(JSON.stringify([run.journal, world.log.lines, world.queue.deadLetters])).not.toMatch(
      /(old|new)-value/,
    );
  });
});

describe("a fault of ours", () => {
  test("P2 that never heals ends the run at its first delivery, with its history blanked as the file says", async () => {
    const broken = () => Promise.reject(new Error("a field too many"));
    const world = createWorld({
      file: { history: { redact: ["card"] }, steps: [call("a"), call("b")] },
      http: [ok("a"), ok("b")],
      wrapStore: (store) => ({ ...store, append: broken }),
    });
    const runId = runIdOf(await world.post({ card: "4111-1111" }));
    await world.settle();
    const run = await world.run(runId);
    expect(run).toMatchObject({ status: "failed", attempt: 1, error: { class: "internal", step: null } });
    expect(describeRun(run).state).toMatchObject({ card: "***" });
    expect(world.queue.deadLetters).toHaveLength(1);
  });

  test("P2 that heals is waited for, however long it takes, and counts as no delivery of the run", async () => {
    let faults = 8;
    const world = createWorld({
      file: { steps: [call("a"), call("b")] },
      http: [ok("a"), ok("b")],
      wrapStore: (store) => ({
        ...store,
        append: async (...segment) => {
          faults -= 1;
          if (faults >= 0) throw new FlowError("rate_limited", "the table is throttled");
          return store.append(...segment);
        },
      }),
    });
    const runId = runIdOf(await world.post({}));
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded", failures: 0 });
  });
});

describe("history.redact", () => {
  test("blanks the paths in everything that is kept, once the run is over", async () => {
    const world = createWorld({
      file: {
        history: { redact: ["card.number", "a.from"] },
        steps: [
          call("a"),
          {
            type: "http_call",
            url: "https://x.test/b",
            method: "POST",
            body: { number: "${card.number}" },
            output_to: "b",
          },
        ],
      },
      http: [ok("a"), { url: "https://x.test/b", answers: [{ status: 503 }, { body: 1 }] }],
    });
    const runId = runIdOf(await world.post({ card: { number: "4111-1111", name: "Ada" } }));
    await world.settle();
    expect(world.calls.at(-1)).toMatchObject({ body: { number: "4111-1111" } });
    const run = await world.run(runId);
    expect(describeRun(run)).toMatchObject({
      status: "succeeded",
      state: { card: { number: "***", name: "Ada" }, a: { from: "***" } },
    });
    expect(JSON.stringify(run.journal) + new TextDecoder().decode(run.event.body)).not.toContain("4111");
  });
});
