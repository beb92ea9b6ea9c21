import { describe, expect, test } from "@jest/globals";
import { cancelRun } from "../../lib/app/cancel-run.ts";
import { chunkRunIds } from "../../lib/app/chunk-run-ids.ts";
import { describeRun } from "../../lib/app/describe-run.ts";
import { operatorOf } from "../../lib/app/operator.ts";
import { redriveRun } from "../../lib/app/redrive-run.ts";
import { replayRun } from "../../lib/app/replay-run.ts";
import { storeEvent } from "../../lib/app/store-event.ts";
import { withChunks } from "../../lib/app/with-chunks.ts";
import { formatJson, type Json, type JsonObject } from "../../lib/core/json.ts";
import type { RunStore } from "../../lib/core/ports/run-store.ts";
import type { RunRecord } from "../../lib/core/run.ts";
import { compiled } from "../support/engine-run.ts";
import { textOfAll } from "../support/faults.ts";
import { createWorld, runIdOf, type World, type WorldOptions } from "../support/world.ts";

const INNER = "${inner}";
const ITEM = "${item}";

const call = (name: string, more: JsonObject = {}): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  output_to: "answer",
  ...more,
});
const each = (steps: JsonObject[], more: JsonObject = {}): JsonObject => ({
  type: "for_each",
  id: "each",
  input_from: "ids",
  mode: "distributed",
  chunk_size: 2,
  result_from: "answer",
  output_to: "results",
  steps,
  ...more,
});
const all = (more: JsonObject = {}): Json => ({ url: "https://x.test/*", body: "fine", times: 999, ...more });
const answers = (name: string, ...list: JsonObject[]): Json => ({
  url: `https://x.test/${name}`,
  answers: list,
});
const always = (name: string, status: number): Json => ({
  url: `https://x.test/${name}`,
  status,
  times: 999,
});
const wait = (seconds: number): JsonObject => ({ type: "wait", seconds });

function without(step: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(step).filter(([name]) => name !== key));
}

type StageOptions = Partial<Omit<WorldOptions, "file">> & { readonly file?: JsonObject };

function stage(steps: JsonObject[], { file, ...more }: StageOptions = {}): World {
  return createWorld({ http: [all()], ...more, file: { steps, ...file } });
}

/** Lets the stage work until nothing moves any more. */
async function untilQuiet(world: World): Promise<void> {
  for (let left = 300; left > 0; left -= 1) {
    await world.settle();
    const [due] = await world.store.due(Number.POSITIVE_INFINITY, 1);
    if (!due) return;
    world.clock.advance(Math.max(0, due.dueAt - world.clock.now()));
    await world.sweep();
  }
  throw new Error("still moving");
}

async function ended(world: World, event: Json): Promise<RunRecord> {
  const runId = runIdOf(await world.post(event));
  await untilQuiet(world);
  return world.run(runId);
}

async function chunksOf(world: World, runId: string): Promise<readonly RunRecord[]> {
  const { journal } = await world.run(runId);
  const ids = journal.flatMap(({ chunks }) => (chunks ? chunkRunIds(chunks) : []));
  return Promise.all([...new Set(ids)].map(world.run));
}

const urls = (world: World) => world.calls.map(({ url }) => String(url).replace("https://x.test/", ""));
const letters = ["a", "b", "c", "d", "e"];

describe("a distributed loop", () => {
  test("runs its items in runs of their own, whose results come back in the order of the list", async () => {
    const world = stage([each([call(ITEM)])], {
      http: letters.map((name) => ({ url: `https://x.test/${name}`, body: `${name}!` })),
    });
    const run = await ended(world, { ids: letters });
    expect(describeRun(run)).toMatchObject({
      status: "succeeded",
      state: { ids: letters, results: ["a!", "b!", "c!", "d!", "e!"] },
    });
    const chunks = await chunksOf(world, run.runId);
    expect(chunks.map(({ status, hash, chunk, parent }) => ({ status, hash, chunk, parent }))).toEqual(
      [0, 1, 2].map((number) => ({
        status: "succeeded",
        hash: run.hash,
        chunk: { number, of: 3, from: number * 2, step: "each" },
        parent: { runId: run.runId, path: "0", awaits: true, depth: 1 },
      })),
    );
    expect(chunks[1]?.journal.map(({ path }) => path).sort()).toEqual(["0.items.2.0", "0.items.3.0"]);
    expect(run.journal.filter(({ path }) => path !== "0")).toEqual([]);
  });

  test("is in no list but for its own run, and its chunks are kept as long as that", async () => {
    const world = stage([each([call(ITEM)])], { file: { history: { retention_days: 3 } } });
    const run = await ended(world, { ids: letters });
    const query = { workflows: ["example"], limit: 10, until: world.clock.now(), since: 0 };
    expect((await world.store.list(query)).map(({ runId }) => runId)).toEqual([run.runId]);
    for (const chunk of await chunksOf(world, run.runId)) expect(chunk.expiresAt).toBe(run.expiresAt);
  });

  test("uses no process while its chunks are under way, and is woken once, by the last of them", async () => {
    const sent: string[] = [];
    const world = stage([each([wait(600), call(ITEM)])], {
      wrapQueue: (queue) => ({
        ...queue,
        send(message, delay) {
          sent.push(message.runId);
          return queue.send(message, delay);
        },
      }),
    });
    const runId = runIdOf(await world.post({ ids: [...letters, ...letters, ...letters] }));
    await world.invoke();
    expect(await world.run(runId)).toMatchObject({ status: "waiting", attempt: 1 });
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded", attempt: 2 });
    expect(sent.filter((id) => id === runId)).toHaveLength(2);
    expect(await chunksOf(world, runId)).toHaveLength(8);
  });

  test("makes no more than 2000 chunks, which grow instead", async () => {
    const world = stage([each([], { result_from: "item", chunk_size: 1 })]);
    const ids = Array.from({ length: 4001 }, (_none, index) => index);
    const run = await endedLarge(world, { ids });
    expect(describeRun(run).state.results).toEqual(ids);
    expect(run.journal.find(({ chunks }) => chunks)?.chunks).toMatchObject({ size: 3, count: 1334 });
  });
});

/** As `ended`, for an event that is larger than the stage's ingest takes. */
async function endedLarge(world: World, event: JsonObject): Promise<RunRecord> {
  const { hash } = world.runner.catalog.current("example") ?? { hash: "" };
  const runId = world.runner.ports.random.timeOrderedUuid(world.clock.now());
  const request = { method: "POST", path: "/", query: {}, headers: {}, received_at: "", delivery_id: "" };
  const body = new TextEncoder().encode(formatJson(event));
  await storeEvent(
    world.ingest,
    { name: "example", hash, retentionDays: 30 },
    { body, contentType: "application/json", request },
    { runId, now: world.clock.now() },
  );
  await untilQuiet(world);
  return world.run(runId);
}

describe("a loop that does not say where it runs", () => {
  const list = (length: number) => Array.from({ length }, (_none, index) => index);
  const loop = (steps: JsonObject[], more: JsonObject = {}): JsonObject => ({
    type: "for_each",
    input_from: "ids",
    item_scope: "isolated",
    result_from: "item",
    output_to: "results",
    steps,
    ...more,
  });
  const isDistributed = ({ journal }: RunRecord) => journal.some(({ chunks }) => chunks);

  test("is distributed above 1000 isolated items, in chunks of 50", async () => {
    const run = await endedLarge(stage([loop([])]), { ids: list(1001) });
    expect(run.journal.find(({ chunks }) => chunks)?.chunks).toMatchObject({ size: 50, count: 21 });
    expect(describeRun(run).state.results).toEqual(list(1001));
  });

  test.each([
    ["has 1000 items", loop([]), 1000],
    ["shares the state", loop([], { item_scope: "shared" }), 1001],
    ["says inline", loop([], { mode: "inline" }), 1001],
    ["has a time limit", loop([], { timeout: 60 }), 1001],
    [
      "holds a stop",
      loop([
        { type: "if_else", if: { conditions: [{ field: "x", op: "exists" }], steps: [{ type: "stop" }] } },
      ]),
      1001,
    ],
  ])("stays in its run when it %s", async (_why, step, length) => {
    const run = await endedLarge(stage([step]), { ids: list(length) });
    expect([run.status, isDistributed(run)]).toEqual(["succeeded", false]);
    expect(describeRun(run).state.results).toEqual(list(length));
  });
});

/** Loops, and the answers that they get: inline and distributed they must come to the same. */
const SAME: { readonly [about: string]: { loop: JsonObject; http?: readonly Json[]; around?: boolean } } = {
  "everything that steps wrote": {
    loop: without(each([call(ITEM), { type: "set", values: { "deep.more": "${item}!" } }]), "result_from"),
  },
  "results written over the source": { loop: each([call(ITEM)], { result_strategy: "replace" }) },
  "results behind a list": {
    loop: each([call(ITEM)], { result_strategy: "extend_array", output_to: "more" }),
  },
  "results merged": {
    loop: each([call("n", { output_to: "x" })], { result_from: "x", result_strategy: "merge_objects" }),
    http: [all({ body: { k: 1 } })],
  },
  "no result at all": { loop: without(each([call(ITEM)]), "output_to") },
  "items that drop": {
    loop: each([{ type: "filter", conditions: [{ field: "item", op: "ne", value: "b" }] }, call(ITEM)]),
  },
  "a result that is not there": { loop: each([call(ITEM)], { result_from: "nothing.here" }) },
  "failures that are accepted": {
    loop: each([call(ITEM)], { on_item_error: "continue" }),
    http: [always("b", 400), always("c", 503), all()],
  },
  "failures within a count": {
    loop: each([call(ITEM)], { tolerate: { count: 2 } }),
    http: [always("b", 400), always("e", 404), all()],
  },
  "failures over a count": {
    loop: each([call(ITEM)], { tolerate: { count: 1 } }),
    http: [always("b", 400), always("e", 404), all()],
  },
  "failures within a share": {
    loop: each([call(ITEM)], { tolerate: { percent: 20 } }),
    http: [always("d", 400), all()],
  },
  "failures over a share": {
    loop: each([call(ITEM)], { tolerate: { percent: 19 } }),
    http: [always("d", 400), all()],
  },
  "a failure": { loop: each([call(ITEM)]), http: [always("d", 400), all()] },
  "a failure that the step accepts": {
    loop: each([call(ITEM)], { swallow_on_error: true, raw_on_error: true }),
    http: [always("d", 400), all()],
  },
  "a failure that drops the run": {
    loop: each([call(ITEM)], { drop_on_failure: true }),
    http: [always("d", 400), all()],
  },
  "a file that ends the run": {
    loop: each([{ type: "fail", message: `not ${ITEM}`, when: [{ field: "item", op: "eq", value: "c" }] }], {
      concurrency: 1,
      tolerate: { percent: 100 },
    }),
  },
  "what reserved names and the state hold": {
    loop: each([
      {
        type: "set",
        values: {
          answer: ["${input.other}", "${request.method}", "${workflow.name}", "${other}", "${before}"],
        },
      },
    ]),
    around: true,
  },
  "waits in items": { loop: each([wait(700), call(ITEM), wait(5)]) },
  "retries in items": {
    loop: each([call(ITEM, { retries: 1, backoff_seconds: 100 })]),
    http: [answers("b", { status: 503 }, { body: "at last" }), all()],
  },
  "an empty list": { loop: each([call(ITEM)], { input_from: "none" }), http: [] },
  "no list": { loop: each([call(ITEM)], { input_from: "missing" }), http: [] },
  "another loop in each item": {
    loop: each([each([call(`${ITEM}-${INNER}`)], { id: "inner", var: "inner", output_to: "answer" })]),
  },
  "a run in each item": {
    loop: each([{ type: "run_workflow", name: "child", event: { id: ITEM }, output_to: "answer" }]),
  },
};

describe("inline and distributed come to the same:", () => {
  const event = { ids: letters, other: "kept", none: [], more: ["first"] };
  const child = {
    steps: [call("child", { method: "POST", body: "${id}" })],
    output: "${answer}-${id}",
  };

  test.each(Object.entries(SAME))("%s", async (_about, { loop, http = [all()], around }) => {
    const outcome = async (step: JsonObject) => {
      const steps = around ? [{ type: "set", values: { before: "set" } }, step] : [step];
      const world = stage(steps, { http, workflows: { child } });
      const { status, state, output, error, reason } = describeRun(await ended(world, event));
      const wanted = error && { class: error.class, step: error.step, message: error.message };
      const calls = [...new Set(urls(world))].sort();
      return JSON.parse(
        JSON.stringify({ status, state, output, error: wanted, reason, calls }, (key, value) =>
          key === "duration_ms" || key === "run_id" ? 0 : value,
        ),
      );
    };
    const inline = { ...without(loop, "chunk_size"), mode: "inline", item_scope: "isolated" };
    expect(await outcome(loop)).toEqual(await outcome(inline));
  });
});

describe("items that fail", () => {
  test("with a class that heals are tried again by redelivery of their chunk, the others are not", async () => {
    const world = stage([each([call(ITEM)])], {
      http: [answers("c", { status: 503 }, { body: "late" }), all()],
    });
    const run = await ended(world, { ids: letters });
    expect(describeRun(run).state.results).toEqual(["fine", "fine", "late", "fine", "fine"]);
    expect(urls(world).sort()).toEqual(["a", "b", "c", "c", "d", "e"]);
    expect((await chunksOf(world, run.runId)).map(({ attempt }) => attempt)).toEqual([1, 2, 1]);
    expect(run.attempt).toBe(2);
  });

  test("for good fail the run at once, which alone is in the dead-letter queue", async () => {
    const world = stage([each([call(ITEM)])], { http: [always("c", 503), all()] });
    const run = await ended(world, { ids: letters });
    expect(run).toMatchObject({
      status: "failed",
      attempt: 2,
      error: { class: "server_error", step: "0.items.2.0" },
    });
    const [, chunk] = await chunksOf(world, run.runId);
    expect(chunk).toMatchObject({ status: "failed", attempt: 5 });
    expect(world.queue.deadLetters.map(({ message }) => message.runId)).toEqual([run.runId]);
    expect(
      urls(world)
        .filter((url) => url !== "c")
        .sort(),
    ).toEqual(["a", "b", "d", "e"]);
  });

  test("are tried anew by the step's retries, which put their chunks back", async () => {
    const world = stage(
      [each([call(ITEM)], { retries: 1, retry_on: ["client_error"], backoff_seconds: 100 })],
      {
        http: [answers("c", { status: 404 }, { body: "now" }), all()],
      },
    );
    const run = await ended(world, { ids: letters });
    expect(describeRun(run).state.results).toEqual(["fine", "fine", "now", "fine", "fine"]);
    expect(urls(world).sort()).toEqual(["a", "b", "c", "c", "d", "e"]);
  });

  test("in a chunk that was put back are awaited, though somebody who slept says once more that it had failed", async () => {
    let told: Parameters<RunStore["loops"]["end"]> | undefined;
    const wrapStore = (store: RunStore): RunStore => ({
      ...store,
      loops: {
        ...store.loops,
        end(...said) {
          if (said[1].failed) told ??= said;
          return store.loops.end(...said);
        },
      },
      async redrive(...asked) {
        const result = await store.redrive(...asked);
        if (told) await store.loops.end(...told);
        return result;
      },
    });
    const world = stage(
      [each([call(ITEM)], { retries: 1, retry_on: ["client_error"], backoff_seconds: 100 })],
      { http: [answers("c", { status: 404 }, { body: "now" }), all()], wrapStore },
    );
    const { status, state } = describeRun(await ended(world, { ids: letters }));
    expect([status, state.results]).toEqual(["succeeded", ["fine", "fine", "now", "fine", "fine"]]);
    expect(told).toBeDefined();
  });

  test("in a chunk that never ran are all of its items", async () => {
    const world = stage([each([call(ITEM)], { tolerate: { count: 2 } })]);
    const runId = runIdOf(await world.post({ ids: letters }));
    await world.invoke();
    const [first] = await chunksOf(world, runId);
    await cancelRun(operatorOf(world.runner), first?.runId ?? "");
    await untilQuiet(world);
    const { status, state } = describeRun(await world.run(runId));
    expect(status).toBe("succeeded");
    expect(state.results).toMatchObject([
      { error_details: { class: "refused" } },
      { error_details: { class: "refused" } },
      "fine",
      "fine",
      "fine",
    ]);
  });

  test("in which the file ends the run end it before the others have ended", async () => {
    const ends = { type: "fail", message: "over", when: [{ field: "item", op: "eq", value: "a" }] };
    const world = stage([each([ends, wait(3600), call(ITEM)], { tolerate: { percent: 100 } })]);
    const began = world.clock.now();
    const runId = runIdOf(await world.post({ ids: letters }));
    await world.invoke();
    while ((await world.run(runId)).status === "waiting") await world.invoke();
    expect(world.clock.now() - began).toBeLessThan(60_000);
    expect(await world.run(runId)).toMatchObject({
      status: "failed",
      error: { class: "refused", step: "0.items.0.0", message: expect.stringContaining("over") },
    });
    await untilQuiet(world);
    const chunks = await chunksOf(world, runId);
    expect(chunks.map(({ status }) => status)).toEqual(["failed", "failed", "failed"]);
    expect(urls(world)).toEqual([]);
  });
});

/** What is tried again around or at a loop, of whose items `c` fails with `client_error` until it heals, and how often it is asked. */
const TRIED_AGAIN: {
  readonly [by: string]: { readonly steps: (loop: JsonObject) => JsonObject[]; readonly asked: number };
} = (() => {
  const again = { retries: 1, retry_on: ["client_error"] };
  const long = { ...again, backoff_seconds: 100 };
  const branches = (loop: JsonObject) => ({ loop: [call("before"), loop], other: [wait(700)] });
  const conditions = [{ field: "ids", op: "exists" }];
  return {
    "retries of a step around it": {
      steps: (loop) => [{ type: "parallel", branches: branches(loop), ...again }],
      asked: 2,
    },
    "retries of a step around it, after a wait": {
      steps: (loop) => [{ type: "parallel", branches: branches(loop), ...long }],
      asked: 2,
    },
    "retries of a step around that one": {
      steps: (loop) => [
        {
          type: "for_each",
          input_from: "once",
          var: "outer",
          steps: [{ type: "if_else", if: { conditions, steps: [loop] } }],
          ...long,
        },
      ],
      asked: 2,
    },
    "its own retries, and those of a step around it": {
      steps: (loop) => [
        { type: "parallel", branches: branches({ ...loop, ...again, backoff_seconds: 100 }), ...again },
      ],
      asked: 4,
    },
    "retries of a distributed loop that it is in": {
      steps: (loop) => [each([loop], { id: "outer", input_from: "once", var: "outer", ...long })],
      asked: 2,
    },
    "a further delivery of its run, which a branch beside it asks for": {
      steps: (loop) => [{ type: "parallel", branches: { busy: [call("busy")], loop: [loop] } }],
      asked: 2,
    },
  };
})();

describe("items that failed are tried again, as inline, and those that ended are not: by", () => {
  const inline = (loop: JsonObject): JsonObject => ({
    ...without(loop, "chunk_size"),
    mode: "inline",
    item_scope: "isolated",
  });

  test.each(Object.entries(TRIED_AGAIN))("%s", async (_by, { steps, asked }) => {
    const refusals = Array.from({ length: asked - 1 }, () => ({ status: 404 }));
    const outcome = async (as: (loop: JsonObject) => JsonObject) => {
      const world = stage(steps(as(each([call(ITEM), call(`${ITEM}/after`)]))), {
        http: [
          answers("c", ...refusals, { body: "healed", times: 99 }),
          answers("busy", { status: 503 }, { body: "free" }),
          all(),
        ],
      });
      const run = await ended(world, { ids: letters, once: ["one"] });
      expect(run).toMatchObject({ status: "succeeded" });
      return { results: describeRun(run).state, calls: urls(world).sort() };
    };
    const distributed = await outcome((loop) => loop);
    expect(distributed.calls.filter((url) => url === "c")).toHaveLength(asked);
    expect(distributed).toEqual(await outcome(inline));
  });

  test("retries, but for a call that may be made once and had no answer: it stands as failed", async () => {
    const once = call(ITEM, { effect: "at_most_once", when: [{ field: "item", op: "eq", value: "a" }] });
    const world = stage(
      [each([once, call(`${ITEM}/then`)], { retries: 1, retry_on: ["unknown_outcome", "client_error"] })],
      {
        http: [
          { url: "https://x.test/a", error: "connection" },
          answers("b/then", { status: 404 }, { body: "healed" }),
          all(),
        ],
      },
    );
    const run = await ended(world, { ids: letters });
    expect(run).toMatchObject({ status: "failed", error: { class: "unknown_outcome", step: "0.items.0.0" } });
    expect(urls(world).sort()).toEqual(["a", "b/then", "b/then", "c/then", "d/then", "e/then"]);
  });
});

test("a chunk that somebody cancelled stays so, whatever is tried again", async () => {
  const world = stage([each([call(ITEM)], { retries: 1, retry_on: ["refused"] })]);
  const runId = runIdOf(await world.post({ ids: letters }));
  await world.invoke();
  const [first] = await chunksOf(world, runId);
  await cancelRun(operatorOf(world.runner), first?.runId ?? "");
  await untilQuiet(world);
  expect(await world.run(runId)).toMatchObject({ status: "failed", error: { class: "refused" } });
  await redriveRun(operatorOf(world.runner), runId);
  await untilQuiet(world);
  expect(await world.run(runId)).toMatchObject({ status: "failed", error: { class: "refused" } });
  expect(urls(world).sort()).toEqual(["c", "d", "e"]);
});

describe("a redriven run", () => {
  test("puts the chunks back that failed, in which only items run that had failed", async () => {
    const world = stage([each([call(ITEM), call("after/${item}")])], {
      http: [
        answers("c", { status: 410 }, { body: "back" }),
        answers("e", { status: 410 }, { body: "too" }),
        all(),
      ],
    });
    const { runId, status } = await ended(world, { ids: letters });
    expect(status).toBe("failed");
    await redriveRun(operatorOf(world.runner), runId);
    await untilQuiet(world);
    expect(describeRun(await world.run(runId))).toMatchObject({ status: "succeeded" });
    expect(
      urls(world)
        .filter((url) => !url.startsWith("after"))
        .sort(),
    ).toEqual(["a", "b", "c", "c", "d", "e", "e"]);
    expect(
      urls(world)
        .filter((url) => url.startsWith("after"))
        .sort(),
    ).toEqual(letters.map((one) => `after/${one}`));
    expect((await chunksOf(world, runId)).map(({ redrives }) => redrives?.length ?? 0)).toEqual([0, 1, 1]);
  });

  test("fails again where they do, and can be redriven again", async () => {
    const world = stage([each([call(ITEM)])], {
      http: [answers("c", { status: 410 }, { status: 410 }, { body: "at last" }), all()],
    });
    const { runId } = await ended(world, { ids: letters });
    await redriveRun(operatorOf(world.runner), runId);
    await untilQuiet(world);
    expect(await world.run(runId)).toMatchObject({ status: "failed" });
    await redriveRun(operatorOf(world.runner), runId);
    await untilQuiet(world);
    expect(describeRun(await world.run(runId)).state.results).toEqual([
      "fine",
      "fine",
      "at last",
      "fine",
      "fine",
    ]);
    expect(urls(world).sort()).toEqual(["a", "b", "c", "c", "c", "d", "e"]);
  });

  test("that the file had ended runs what had not begun", async () => {
    const secrets = { CLOSED: "b" };
    const ends = { type: "fail", when: [{ field: "item", op: "eq", value: "${env:CLOSED}" }] };
    const world = stage([each([ends, call(ITEM)], { concurrency: 1, chunk_size: 1 })], {
      secrets,
      file: { environment: [{ name: "CLOSED", secret: false }] },
    });
    const runId = runIdOf(await world.post({ ids: letters }));
    await world.invoke();
    await world.invoke();
    await untilQuiet(world);
    expect(await world.run(runId)).toMatchObject({ status: "failed", error: { step: "0.items.1.0" } });
    secrets.CLOSED = "none";
    await redriveRun(operatorOf(world.runner), runId);
    await untilQuiet(world);
    expect(describeRun(await world.run(runId)).state.results).toEqual(letters.map(() => "fine"));
    expect(urls(world).sort()).toEqual(letters);
  });
});

describe("cancelling a run", () => {
  test("cancels its chunks, those under way and those that nobody has taken up", async () => {
    const world = stage([each([wait(3600), call(ITEM)])]);
    const runId = runIdOf(await world.post({ ids: letters }));
    await world.invoke();
    await world.invoke();
    expect(await cancelRun(operatorOf(world.runner), runId)).toMatchObject({ kind: "cancelled" });
    await untilQuiet(world);
    expect((await chunksOf(world, runId)).map(({ status }) => status)).toEqual([
      "cancelled",
      "cancelled",
      "cancelled",
    ]);
    expect(urls(world)).toEqual([]);
  });
});

describe("whatever gets lost", () => {
  test("the wake-up: the sweeper looks each quarter of an hour at least", async () => {
    let lost = 0;
    const world = stage([each([wait(7200), call(ITEM)])], {
      wrapQueue: (queue) => ({
        ...queue,
        async send(message, delay) {
          const isWakeUp = (await world.store.status(message.runId)) === "waiting" && !delay;
          if (!isWakeUp) return queue.send(message, delay);
          lost += 1;
        },
      }),
    });
    const run = await ended(world, { ids: letters });
    expect(run.status).toBe("succeeded");
    expect(lost).toBeGreaterThan(0);
    const last = Math.max(...(await chunksOf(world, run.runId)).map(({ finishedAt = 0 }) => finishedAt));
    expect((run.finishedAt ?? 0) - last).toBeLessThanOrEqual(16 * 60_000);
  });

  test("the end of the last chunk that comes before the run has let go is not missed", async () => {
    let between: (() => Promise<unknown>) | undefined;
    const world = stage([each([call(ITEM)])], {
      wrapStore: (store) => ({
        ...store,
        async release(lease, release) {
          if (!lease.run.chunk) await between?.();
          return store.release(lease, release);
        },
      }),
    });
    between = async () => {
      between = undefined;
      await world.invoke();
    };
    const runId = runIdOf(await world.post({ ids: letters }));
    await world.invoke();
    expect(await world.run(runId)).toMatchObject({ status: "waiting" });
    expect(world.queue.nextVisibleAt()).toBeLessThanOrEqual(world.clock.now());
    await world.settle();
    expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
  });
});

test("a run and its chunks stay on their version, whatever is deployed meanwhile", async () => {
  const steps = (name: string) => [each([wait(600), call(`${name}/${ITEM}`)]), call(name)];
  const world = stage(steps("old"));
  const runId = runIdOf(await world.post({ ids: letters }));
  await world.invoke();
  world.deploy(compiled({ steps: steps("new") }));
  await untilQuiet(world);
  expect(await world.run(runId)).toMatchObject({ status: "succeeded" });
  expect(urls(world).every((url) => url.startsWith("old"))).toBe(true);
  expect(urls(world)).toHaveLength(6);
});

test("what models cost in chunks is the run's, and counted once", async () => {
  const ask = { type: "openai_completion", api_key: "k", prompt: ITEM, model: "good", output_to: "answer" };
  const world = stage([each([ask, { ...ask, prompt: "same", cache: { ttl: 60 } }, call(ITEM)])], {
    http: [answers("c", { status: 410 }, { body: "back" }), all()],
    llm: [{ model: "good", text: "yes", usage: { input_tokens: 5, cost_usd: 0.1 }, times: 99 }],
  });
  const failed = await ended(world, { ids: letters });
  expect(failed.status).toBe("failed");
  expect(failed.costUsd).toBeCloseTo(0.6, 10);
  expect(describeRun(failed).saved_usd).toBeCloseTo(0.4, 10);
  await redriveRun(operatorOf(world.runner), failed.runId);
  await untilQuiet(world);
  const run = await world.run(failed.runId);
  expect(run.status).toBe("succeeded");
  expect(run.costUsd).toBeCloseTo(0.6, 10);
  expect(describeRun(run).saved_usd).toBeCloseTo(0.4, 10);
});

test("blanked paths are nowhere when the run has ended, and whole until then", async () => {
  const world = stage(
    [
      each([call(ITEM, { url: "https://x.test/${item.card}", output_to: "item.seen" })], {
        result_from: "item",
        chunk_size: 1,
      }),
      call("end", { method: "POST", body: "${results.1.card}" }),
    ],
    {
      file: { history: { redact: ["ids", "results", "item", "answer"] }, output: "${results.0.seen}" },
      http: [all({ body: "4111-2222" })],
    },
  );
  const run = await ended(world, { ids: [{ card: "4111-0" }, { card: "4111-1" }] });
  expect(run.status).toBe("succeeded");
  expect(world.calls.map(({ url, body }) => body ?? url)).toEqual([
    "https://x.test/4111-0",
    "https://x.test/4111-1",
    "4111-1",
  ]);
  const loop = { runId: run.runId, path: "0" };
  const kept = [
    await chunksOf(world, run.runId),
    await world.store.loops.state(loop),
    [...(await world.store.loops.results(loop))],
    run.journal,
    run.event,
  ];
  expect(textOfAll(kept as never)).not.toContain("4111");
});

test("a loop in on_failure is distributed too, and its items see the error", async () => {
  const world = stage([call("gone")], {
    http: [always("gone", 410), all()],
    file: { on_failure: [each([call("${item}/${error.class}")]), call("${results.2}")] },
  });
  const run = await ended(world, { ids: letters });
  expect(run).toMatchObject({ status: "failed", error: { class: "client_error", step: "0" } });
  expect(urls(world).sort()).toEqual([...letters.map((one) => `${one}/client_error`), "fine", "gone"].sort());
});

test("a chunk is not replayed by itself: its event is nothing without its run", async () => {
  const world = stage([each([call(ITEM)])]);
  const { runId, hash } = await ended(world, { ids: letters });
  const [chunk] = await chunksOf(world, runId);
  const version = { name: "example", hash, retentionDays: 30 };
  await expect(replayRun(operatorOf(world.runner), chunk?.runId ?? "", { version })).rejects.toMatchObject({
    class: "invalid_input",
    message: expect.stringContaining(`is a chunk of the loop at step 0 of run ${runId}`),
  });
});

test("with its chunks a run reads as if its loops had run in it", async () => {
  const inner = each([call("${item}/${inner}")], { id: "inner", var: "inner", output_to: "answer" });
  const read = async (step: JsonObject) => {
    const world = stage([call("first"), step, call("last")]);
    const run = await withChunks(world.store, await ended(world, { ids: letters }));
    expect(describeRun(run).state.results).toEqual(letters.map(() => "fine"));
    return run.journal.map(({ path, status }) => `${path} ${status}`);
  };
  const stays = { ...without(inner, "chunk_size"), mode: "inline", item_scope: "isolated" };
  const loop = each([inner, call(ITEM)]);
  const inline = await read({
    ...without(loop, "chunk_size"),
    mode: "inline",
    item_scope: "isolated",
    steps: [stays, call(ITEM)],
  });
  const distributed = await read(loop);
  expect(distributed.toSorted()).toEqual(inline.toSorted());
  expect([distributed[0], ...distributed.slice(-2)]).toEqual(["0 ok", "1 ok", "2 ok"]);
});

test("a chunk of a run that nested too deep is a clear error", async () => {
  const nest = (depth: number): JsonObject =>
    depth === 0
      ? call("deep")
      : each([nest(depth - 1)], {
          id: `each_${depth}`,
          input_from: "ids",
          output_to: "answer",
          chunk_size: 9,
        });
  const deepest = await ended(stage([nest(10)]), { ids: ["x"] });
  expect(deepest.status).toBe("succeeded");
  const tooDeep = await ended(stage([nest(11)]), { ids: ["x"] });
  expect(tooDeep).toMatchObject({
    status: "failed",
    error: { class: "config_error", message: expect.stringContaining("runs may nest 10 deep") },
  });
});
