import { describe, expect, test } from "@jest/globals";
import { type Claimed, runAttempt } from "../../lib/app/run-attempt.ts";
import { DAY_MS } from "../../lib/app/timings.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { JournalEntry } from "../../lib/core/journal.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import { LeaseLost } from "../../lib/core/ports/run-store.ts";
import type { NewRun } from "../../lib/core/run.ts";
import { compiled } from "../support/engine-run.ts";
import { mustClaim, sampleClaim, sampleEntry, sampleFinish, sampleRun } from "../support/sample-run.ts";
import { createWorld, type World, type WorldOptions } from "../support/world.ts";

const RUN = "${run}";
const SECRET = "${env:TOKEN}";
const call = (name: string, more: JsonObject = {}): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  output_to: name,
  ...more,
});
const answer = (name: string, seconds = 0): Json => ({
  url: `https://x.test/${name}`,
  body: name,
  delay_seconds: seconds,
});
const USAGE = { model: "good", input_tokens: 5, cached_tokens: 0, output_tokens: 1, reasoning_tokens: 0 };
const TOKEN = { name: "TOKEN", secret: true };
const fail: JsonObject = { type: "fail", message: "no" };

/** A claimed run of the stage's workflow. */
async function claimed(world: World, changes: Partial<NewRun> = {}): Promise<Claimed> {
  const { hash } = world.runner.catalog.current("example") ?? { hash: "none" };
  const run = sampleRun({ createdAt: world.clock.now(), workflow: "example", hash, ...changes });
  await world.store.create(run);
  return mustClaim(world.store, run.runId, sampleClaim(world.clock.now()));
}

/** Executes it, in an invocation of 15 minutes. */
function tried(world: World, run: Claimed, lastDelivery = false, seconds = 900) {
  return runAttempt(world.runner, run, { deadline: world.clock.now() + seconds * 1000 }, lastDelivery);
}

/** An attempt of a new run. */
async function attempted(options: WorldOptions, lastDelivery = false, seconds = 900) {
  const world = createWorld(options);
  const run = await claimed(world);
  return { world, run, attempt: await tried(world, run, lastDelivery, seconds) };
}

const paths = (entries: readonly JournalEntry[]) => entries.map(({ path }) => path);
const isDue = (run: Claimed, changes: Partial<Claimed["run"]>): Claimed => ({
  ...run,
  run: { ...run.run, ...changes },
});

describe("an attempt's account", () => {
  test("has the time and the cost of earlier attempts in it, waits not counted", async () => {
    const llm = { type: "openai_completion", api_key: "k", prompt: "Hi" };
    const world = createWorld({
      file: { steps: [call("a"), { type: "wait", seconds: 5 }, llm] },
      http: [answer("a", 2)],
      llm: [{ text: "Hello", usage: { input_tokens: 5, cost_usd: 0.5 } }],
    });
    const run = await claimed(world);
    const earlier = { ...sampleEntry("9"), usage: { ...USAGE, cost_usd: 0.25 } };
    const { spentMs, costUsd, journal } = await tried(
      world,
      isDue(run, { spentMs: 400, journal: [earlier] }),
    );
    expect([spentMs, costUsd, paths(journal)]).toEqual([2_400, 0.75, ["9", "0", "1", "2"]]);
  });

  test("has what the file says about the history", async () => {
    const file = { steps: [], history: { retention_days: 7, redact: ["card"] } };
    const { attempt } = await attempted({ file });
    expect(attempt).toMatchObject({ retentionMs: 7 * DAY_MS, redact: ["card"] });
  });

  test("has every round of a redriven run, each entry once", async () => {
    const world = createWorld({ file: { steps: [fail], on_failure: [{ type: "print", text: "x" }] } });
    const run = await claimed(world);
    const first = await tried(world, run, true);
    const redrives = [{ at: world.clock.now(), entries: first.journal.length }];
    const again = await tried(world, isDue(run, { journal: first.journal, redrives }), true);
    expect(paths(again.journal)).toEqual([
      "0",
      "on_failure",
      "on_failure.0",
      "0",
      "on_failure@1",
      "on_failure@1.0",
    ]);
    expect(paths(again.tail)).toEqual(["0", "on_failure@1", "on_failure@1.0"]);
  });
});

describe("what an attempt recorded", () => {
  const steps = [call("a"), { type: "print", text: "x" }];
  const http = [answer("a")];
  const stored = async (world: World, { run }: Claimed) => paths((await world.run(run.runId)).journal);

  test("travels with the write that ends the run", async () => {
    const { world, run, attempt } = await attempted({ file: { steps }, http });
    expect([attempt.end, await stored(world, run), paths(attempt.tail)]).toEqual([
      { kind: "succeeded" },
      ["0"],
      ["1"],
    ]);
  });

  test.each([
    ["pauses", { type: "wait", seconds: 60 }, "paused"],
    ["is to be tried again", call("down"), "failed"],
  ])("is stored before it where the run %s", async (_about, last, kind) => {
    const down = { url: "https://x.test/down", status: 503 };
    const { world, run, attempt } = await attempted({
      file: { steps: [...steps, last] },
      http: [...http, down],
    });
    expect([attempt.end.kind, await stored(world, run), attempt.tail]).toEqual([kind, ["0", "1", "2"], []]);
  });

  test("is stored in segments that follow those that are there", async () => {
    const numbers: number[] = [];
    const world = createWorld({
      file: { steps: [call("a"), call("b")] },
      http: [answer("a"), answer("b")],
      wrapStore: (store) => ({
        ...store,
        append(lease, segment, entries) {
          numbers.push(segment);
          return store.append(lease, segment, entries);
        },
      }),
    });
    const run = await claimed(world);
    await tried(world, { ...run, nextSegment: 4 });
    expect(numbers).toEqual([4]);
  });

  test("is stored at once after a death", async () => {
    const world = createWorld({ file: { steps: [{ type: "print", text: "x" }, call("a")] }, http });
    const run = await claimed(world);
    await tried(world, { ...run, afterDeath: true });
    expect(await stored(world, run)).toEqual(["0"]);
    const other = await claimed(world);
    await tried(world, other);
    expect(await stored(world, other)).toEqual([]);
  });
});

describe("a run knows", () => {
  const me = { type: "set", values: { me: RUN } };

  test("itself, and when it began", async () => {
    const { run, attempt } = await attempted({ file: { steps: [me] } });
    const began = { id: run.run.runId, attempt: 1, started_at: "2026-01-02T03:04:05.000Z" };
    expect(attempt.journal[0]?.patch).toEqual([{ path: ["me"], value: began }]);
  });

  test("where it began in an earlier attempt", async () => {
    const world = createWorld({ file: { steps: [me] } });
    const run = isDue(await claimed(world), { attempt: 2, startedAt: 0 });
    const { journal } = await tried(world, run);
    const began = { id: run.run.runId, attempt: 2, started_at: "1970-01-01T00:00:00.000Z" };
    expect(journal[0]?.patch).toEqual([{ path: ["me"], value: began }]);
  });

  test("in every line of its log", async () => {
    const { world, run } = await attempted({ file: { steps: [{ type: "print", text: "x" }] } });
    const context = expect.objectContaining({ run_id: run.run.runId, workflow: "example", attempt: 1 });
    expect(world.log.lines).toContainEqual(expect.objectContaining({ message: "x", context }));
  });
});

describe("time", () => {
  const minute = {
    file: { timeout: 60, steps: [call("a"), call("b")] },
    http: [answer("a", 2), answer("b", 2)],
  };

  test("of a run's own is what its earlier attempts have left of it", async () => {
    for (const [spentMs, kind] of [
      [55_000, "succeeded"],
      [57_000, "failed"],
    ] as const) {
      const world = createWorld(minute);
      const { end } = await tried(world, isDue(await claimed(world), { spentMs }));
      expect(end.kind).toBe(kind);
      if (end.kind === "failed") expect(end.error.message).toMatch(/timeout of 60 seconds/);
    }
  });

  test("of an invocation is left 15 seconds before its end", async () => {
    const steps = ["a", "b"].map((name) => call(name, { timeout: 2 }));
    const short = { file: { steps }, http: [answer("a", 1), answer("b", 1)] };
    for (const [seconds, done] of [
      [16, []],
      [17.5, ["0"]],
    ] as const) {
      const { attempt } = await attempted(short, false, seconds);
      expect(attempt.end).toEqual({ kind: "paused", pause: { reason: "hand_over" } });
      expect(paths(attempt.journal)).toEqual(done);
    }
  });

  test("of an invocation is what its platform says now: a local stack may stop sooner", async () => {
    const world = createWorld({
      ...minute,
      wrapHttp: (http) => ({
        send(request) {
          invocation.deadline = world.clock.now();
          return http.send(request);
        },
      }),
    });
    const invocation = { deadline: world.clock.now() + 900_000 };
    const { end, journal } = await runAttempt(world.runner, await claimed(world), invocation, false);
    expect([end.kind, paths(journal)]).toEqual(["paused", ["0"]]);
  });

  test("that a fresh invocation has more of is not waited for by a call that fits nowhere", async () => {
    const long = { file: { steps: [call("a", { timeout: 890 })] }, http: [answer("a")] };
    expect((await attempted(long, false, 815)).attempt.end.kind).toBe("succeeded");
    expect((await attempted(long, false, 800)).attempt.end.kind).toBe("paused");
  });

  test("has nothing left that would look after the run", async () => {
    let asked = 0;
    const { world } = await attempted({
      file: { steps: [] },
      wrapStore: (store) => ({
        ...store,
        status(runId) {
          asked += 1;
          return store.status(runId);
        },
      }),
    });
    world.clock.advance(60_000);
    expect(asked).toBe(0);
  });
});

describe("without", () => {
  test("its version a run has failed; today's says what is blanked", async () => {
    const file = { steps: [call("never")], history: { redact: ["card"] } };
    const world = createWorld({ file });
    const { end, redact, retentionMs } = await tried(world, await claimed(world, { hash: "gone" }));
    expect(end).toEqual({
      kind: "failed",
      error: {
        step: null,
        class: "config_error",
        message: expect.stringContaining("version gone"),
        details: { hash: "gone" },
      },
      heals: false,
      retryAfterMs: 0,
    });
    expect([redact, retentionMs]).toEqual([["card"], 0]);
    const none = await tried(world, await claimed(world, { workflow: "gone" }));
    expect(none.redact).toEqual([]);
  });

  test("its version being deployed any more a run goes on with what the store keeps", async () => {
    const world = createWorld({ file: { steps: [{ type: "set", values: { old: true } }] } });
    await world.store.putVersion(
      compiled({ name: "example", steps: [{ type: "set", values: { old: true } }] }),
    );
    const run = await claimed(world);
    world.deploy(compiled({ name: "example", steps: [] }));
    expect(paths((await tried(world, run)).journal)).toEqual(["0"]);
  });

  test.each([
    ["connection", false, true],
    ["connection", true, false],
    ["config_error", false, false],
  ] as const)(
    "secrets (%s, last delivery: %s) a run is to be tried again: %s",
    async (errorClass, last, heals) => {
      const world = createWorld({ file: { environment: [TOKEN], steps: [call("never")] } });
      const broken = {
        ...world.runner.secrets,
        workflowSecrets: () => Promise.reject(new FlowError(errorClass, "no way")),
      };
      const runner = { ...world.runner, secrets: broken };
      const deadline = world.clock.now() + 900_000;
      const { end } = await runAttempt(runner, await claimed(world), { deadline }, last);
      const error = { step: null, class: errorClass, message: "no way", details: {} };
      expect(end).toEqual({ kind: "failed", error, heals, retryAfterMs: 0 });
    },
  );
});

test("a secret that is too short to be blanked is told", async () => {
  const file = { environment: [TOKEN], steps: [{ type: "print", text: SECRET }] };
  const { world } = await attempted({ file, secrets: { TOKEN: "ab" } });
  expect(world.log.lines).toContainEqual(
    expect.objectContaining({
      level: "warn",
      message: expect.stringContaining("the secret TOKEN is shorter"),
    }),
  );
});

describe("a fault that is no step's", () => {
  const file = { environment: [TOKEN], steps: [call("a"), call("b"), { type: "print", text: SECRET }] };
  const struck = (thrown: Error): WorldOptions => ({
    file,
    http: [answer("a"), answer("b")],
    secrets: { TOKEN: "hush-hush" },
    wrapStore: (store) => ({ ...store, append: () => Promise.reject(thrown) }),
  });

  test("and that no wait heals fails the attempt, is logged, and shows no secret", async () => {
    const { world, run, attempt } = await attempted(struck(new FlowError("internal", "broken: hush-hush")));
    expect(attempt.end).toEqual({
      kind: "failed",
      error: { step: null, class: "internal", message: "broken: ***", details: {} },
      heals: false,
      retryAfterMs: 0,
    });
    expect([attempt.tail, paths(attempt.journal)]).toEqual([[], ["0"]]);
    expect(world.log.lines).toContainEqual({
      level: "error",
      message: "attempt failed: broken: ***",
      fields: expect.objectContaining({ class: "internal" }),
      context: {
        run_id: run.run.runId,
        workflow: "example",
        attempt: 1,
        trace_id: run.run.runId.replaceAll("-", ""),
      },
    });
  });

  test("and that heals, or a lost lease, is no end of it", async () => {
    await expect(attempted(struck(new FlowError("connection", "no store")))).rejects.toThrow("no store");
    await expect(attempted(struck(new LeaseLost("run", 1)))).rejects.toThrow(LeaseLost);
  });
});

describe("a run whose step another one waits at", () => {
  const file = { steps: [{ type: "set", values: { done: true } }] };
  const link = (runId: string, awaits = true) => ({ runId, path: "3", awaits, depth: 1 });
  const chunk = { number: 0, of: 1, from: 0, step: "each" };

  /** A run that has ended so; "running": it has not. */
  async function parent(world: World, status: "running" | "succeeded" | "cancelled") {
    const { lease, run } = await claimed(world);
    if (status !== "running") await world.store.finish(lease, sampleFinish({ status }));
    return run.runId;
  }

  test("is cancelled with it", async () => {
    const world = createWorld({ file });
    const runId = await parent(world, "cancelled");
    const { end, journal } = await tried(world, await claimed(world, { parent: link(runId) }));
    const error = { class: "cancelled", message: expect.stringContaining(`run ${runId}, whose step 3`) };
    expect([end, journal]).toMatchObject([{ kind: "cancelled", error }, []]);
  });

  test.each([
    ["runs on where nobody waits for it", "cancelled", false],
    ["runs on when that run has ended otherwise", "succeeded", true],
    ["runs on while that run is under way", "running", true],
  ] as const)("%s", async (_about, status, awaits) => {
    const world = createWorld({ file });
    const run = await claimed(world, { parent: link(await parent(world, status), awaits) });
    expect((await tried(world, run)).end.kind).toBe("succeeded");
  });

  test("is nothing without it where it is a chunk", async () => {
    const world = createWorld({ file });
    for (const runId of [await parent(world, "succeeded"), "deleted"]) {
      const { end } = await tried(world, await claimed(world, { parent: link(runId), chunk }));
      const message = `run ${runId}, of whose step 3 this is a chunk, has ended`;
      const error = { step: null, class: "refused", message, details: {} };
      expect(end).toEqual({ kind: "failed", error, heals: false, retryAfterMs: 0 });
    }
  });

  test("works, as its chunk, through its items, and has stored them before its word", async () => {
    const each = { type: "for_each", id: "each", input_from: "ids", steps: [{ type: "print", text: "x" }] };
    const world = createWorld({ file: { steps: [each] } });
    const runId = await parent(world, "running");
    const state = { state: {}, event: {}, request: {}, run: {} };
    await world.store.loops.keepState({ runId, path: "3" }, state, world.clock.now() / 1000 + 3_600);
    const { event } = sampleRun();
    const items = { ...event, body: new TextEncoder().encode('["a"]') };
    const run = await claimed(world, { parent: link(runId), chunk, event: items });
    const { end, tail } = await tried(world, run);
    expect([end.kind, tail]).toEqual(["succeeded", []]);
    expect(paths((await world.run(run.run.runId)).journal)).toEqual(["3.items.0.0"]);
  });
});

describe("a run that starts others", () => {
  const start = { type: "run_workflow", name: "inner", await: false };
  const workflows = { inner: { steps: [] } };
  const messages = (world: World) => world.queue.receive(10).map(({ body }) => JSON.parse(body).run_id);

  test("has them in the queue, one deeper than itself; ten deep is the end of it", async () => {
    const world = createWorld({ file: { steps: [start] }, workflows });
    const parent = { runId: "outer", path: "0", awaits: false, depth: 9 };
    const { journal } = await tried(world, await claimed(world, { parent }));
    const [inner = ""] = messages(world);
    expect(journal.at(-1)).toMatchObject({ path: "0", status: "ok", children: [inner] });
    expect((await world.run(inner)).parent).toMatchObject({ path: "0", depth: 10 });
    const deep = await tried(world, await claimed(world, { parent: { ...parent, depth: 10 } }));
    expect(deep.end).toMatchObject({ kind: "failed", error: { step: "0" } });
    const own = await tried(world, await claimed(world));
    expect(own.end.kind).toBe("succeeded");
  });

  test("has the chunks of its loop in the queue, and pauses", async () => {
    const loop = {
      type: "for_each",
      id: "each",
      input_from: "ids",
      mode: "distributed",
      chunk_size: 1,
      steps: [],
    };
    const world = createWorld({ file: { steps: [loop] } });
    const event = { ...sampleRun().event, body: new TextEncoder().encode('{"ids":[1,2]}') };
    const run = await claimed(world, { event });
    const { end } = await tried(world, run);
    expect(end).toMatchObject({
      kind: "paused",
      pause: { reason: "child", awaited: [{ path: "0", count: 2 }] },
    });
    const chunks = messages(world);
    expect(chunks).toHaveLength(2);
    for (const runId of chunks)
      expect((await world.run(runId)).parent).toMatchObject({ runId: run.run.runId, path: "0", depth: 1 });
  });
});

describe("a run that was alone in a process that died", () => {
  const options = { file: { steps: [call("a")] }, http: [answer("a")] };
  const entry = (more: Partial<JournalEntry>) => ({ ...sampleEntry("8"), type: "http_call", ...more });

  test.each([
    ["with nothing left behind", true, [], true],
    ["with an effect that had settled: it was another step", true, [entry({})], false],
    ["with an effect that had begun: it was another step", true, [entry({ status: "started" })], false],
    ["with the attempt of an effect that had failed", true, [entry({ status: "retrying" })], true],
    ["with a pure step that had settled", true, [entry({ type: "set" })], true],
    ["with on_failure begun: it was another step", true, [entry({ type: "on_failure" })], false],
    ["not, but with others beside it", false, [], false],
  ])("%s", async (_about, diedAlone, leftBehind, isPoison) => {
    const world = createWorld(options);
    const { end } = await tried(world, { ...(await claimed(world)), diedAlone, leftBehind });
    expect(end.kind).toBe(isPoison ? "failed" : "succeeded");
    if (end.kind === "failed")
      expect(end.error).toMatchObject({
        step: "0",
        class: "internal",
        message: expect.stringMatching(/^the process died twice at this step.*then redrive the run$/),
      });
  });
});
