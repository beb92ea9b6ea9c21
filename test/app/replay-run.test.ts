import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { derivedRunId } from "../../lib/app/derived-run-id.ts";
import { type Operator, operatorOf } from "../../lib/app/operator.ts";
import { type ReplayOptions, replayRun } from "../../lib/app/replay-run.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import type { InputEntry } from "../../lib/core/workflow.ts";
import { compiled } from "../support/engine-run.ts";
import { sampleRun } from "../support/sample-run.ts";
import { createWorld, runIdOf, type World } from "../support/world.ts";

const file: JsonObject = { steps: [], output: "${n}" };
const edited = (text: string) => new TextEncoder().encode(text);

/** The version that is in force. */
function today(world: World): InputEntry {
  const [entry] = world.ingest.inputs.all();
  if (!entry) throw new Error("no workflow");
  return entry;
}

const replay = (world: World, runId: string, options: Partial<ReplayOptions> = {}, operator?: Operator) =>
  replayRun(operator ?? operatorOf(world.runner), runId, { version: today(world), ...options });

/** A world with one run that has ended. */
async function ended(more: JsonObject = {}, event: JsonObject = { n: 7 }) {
  const world = createWorld({ file: { ...file, ...more } });
  const runId = runIdOf(await world.post(event));
  await world.settle();
  return { world, runId };
}

async function replayed(world: World, runId: string, options?: Partial<ReplayOptions>): Promise<string> {
  const result = await replay(world, runId, options);
  if (result.kind !== "replayed") throw new Error(result.kind);
  await world.settle();
  return result.replayId;
}

describe("a run that is replayed", () => {
  test("becomes a run of its own with the same event, linked both ways, and stays as it is", async () => {
    const { world, runId } = await ended();
    const before = await world.run(runId);
    world.clock.advance(5_000);
    const replayId = await replayed(world, runId);
    expect(replayId).not.toBe(runId);
    const run = await world.run(replayId);
    expect(run).toMatchObject({
      status: "succeeded",
      output: 7,
      replayOf: { runId },
      event: before.event,
      createdAt: before.createdAt + 5_000,
      hash: before.hash,
      stage: "test",
    });
    expect(run.replayOf).toEqual({ runId });
    expect(await world.run(runId)).toEqual({ ...before, replays: [replayId] });
  });

  test("runs on the version that is asked for, and is kept as long as that one says", async () => {
    const { world, runId } = await ended();
    world.deploy(compiled({ steps: [], output: "new ${n}", history: { retention_days: 3 } }));
    const old = (await world.run(runId)).hash;
    const onToday = await world.run(await replayed(world, runId));
    expect(onToday).toMatchObject({ output: "new 7", hash: today(world).hash });
    expect(onToday.expiresAt).toBe(Math.floor(onToday.createdAt / 1000) + 3 * 86_400);
    const onOld = await replayed(world, runId, {
      version: { name: "example", hash: old, retentionDays: 30 },
    });
    expect(await world.run(onOld)).toMatchObject({ output: 7, hash: old });
    expect((await world.run(runId)).replays).toHaveLength(2);
  });

  test("takes another body, and says so", async () => {
    const { world, runId } = await ended();
    const run = await world.run(await replayed(world, runId, { body: edited('{"n": 8}') }));
    expect(run).toMatchObject({ output: 8, replayOf: { runId, edited: true } });
    expect(run.event.request).toEqual((await world.run(runId)).event.request);
  });

  test("is not replayed again with the same event on the same version unless that is wished", async () => {
    const { world, runId } = await ended();
    const first = await replayed(world, runId);
    expect(await replay(world, runId)).toEqual({ kind: "before", replayId: first, status: "succeeded" });
    const second = await replayed(world, runId, { again: true });
    const third = await replayed(world, runId, { body: edited('{"n": 8}') });
    expect((await world.run(runId)).replays).toEqual([first, second, third]);
    expect(new Set([first, second, third]).size).toBe(3);
  });

  test("can be replayed itself", async () => {
    const { world, runId } = await ended();
    const child = await replayed(world, runId, { body: edited('{"n": 8}') });
    const grandchild = await replayed(world, child);
    expect(await world.run(grandchild)).toMatchObject({ output: 8, replayOf: { runId: child } });
  });

  test("is refused when its history was blanked, or it is not there", async () => {
    const { world, runId } = await ended({ history: { redact: ["n"] } });
    expect(await replay(world, runId)).toEqual({ kind: "blanked" });
    expect(await replay(world, "0192f0c1-0000-7000-8000-000000000000")).toEqual({ kind: "missing" });
  });

  test("a replay that is named and was not made is made under that name, also a day later", async () => {
    const { world, runId } = await ended();
    const operator = operatorOf(world.runner);
    const create = () => Promise.reject(new FlowError("connection", "no store"));
    const struck = { ...operator, store: { ...operator.store, create } };
    await expect(replay(world, runId, {}, struck)).rejects.toMatchObject({ class: "connection" });
    const named = (await world.run(runId)).replays?.[0] as string;
    expect(await world.store.status(named)).toBeUndefined();
    world.clock.advance(86_400_000);
    expect(await replay(world, runId, { again: true })).toEqual({ kind: "replayed", replayId: named });
    await world.settle();
    expect((await world.run(named)).status).toBe("succeeded");
    expect((await world.run(runId)).replays).toEqual([named]);
  });

  test("another event does not run under the name of a replay that was not made", async () => {
    const { world, runId } = await ended();
    const operator = operatorOf(world.runner);
    const create = () => Promise.reject(new FlowError("connection", "no store"));
    const struck = { ...operator, store: { ...operator.store, create } };
    await expect(replay(world, runId, {}, struck)).rejects.toMatchObject({ class: "connection" });
    const other = await replayed(world, runId, { body: edited('{"n": 8}') });
    expect(await world.run(other)).toMatchObject({ output: 8 });
    expect((await world.run(runId)).replays?.[1]).toBe(other);
  });

  test("by two people at once becomes one run, and two where they ask for different ones", async () => {
    const { world, runId } = await ended();
    const same = await Promise.all([replay(world, runId), replay(world, runId)]);
    expect(same[0]).toEqual(same[1]);
    const { world: other, runId: otherId } = await ended();
    const results = await Promise.all([
      replay(other, otherId),
      replay(other, otherId, { body: edited('{"n": 8}') }),
    ]);
    await other.settle();
    const ids = results.map((result) => (result.kind === "replayed" ? result.replayId : ""));
    expect((await Promise.all(ids.map((id) => other.run(id)))).map(({ output }) => output)).toEqual([7, 8]);
  });
});

describe("a replay's run", () => {
  test("has an id that original, number, version and event give, and is looked at as any new one", async () => {
    const { world, runId } = await ended();
    const now = world.clock.now();
    const { event, hash } = await world.run(runId);
    const sha = createHash("sha256").update(event.body).digest("hex");
    const result = await replay(world, runId);
    const replayId = derivedRunId(now, `${runId}/1/${hash}/${sha}`);
    expect(result).toEqual({ kind: "replayed", replayId });
    expect((await world.run(replayId)).dueAt).toBe(now + world.runner.timings.lookAfterMs);
  });

  test("has its version kept where that is today's; of another one nobody has to have the text", async () => {
    const { world, runId } = await ended();
    world.deploy(compiled({ name: "example", ...file, output: "new" }));
    const { hash } = today(world);
    await replay(world, runId);
    expect(await world.store.getVersion("example", hash)).toMatchObject({ hash });
    for (const name of ["example", "elsewhere"]) {
      const version = { name, hash: `not the hash of ${name}`, retentionDays: 30 };
      expect(await replay(world, runId, { version })).toMatchObject({ kind: "replayed" });
    }
  });

  test("that is still queued is enqueued once more, as its message may have got lost", async () => {
    const { world, runId } = await ended();
    const first = await replay(world, runId);
    expect(await replay(world, runId)).toEqual(first);
    expect(world.queue.receive(10)).toHaveLength(2);
  });

  test("that was never made is made for as long as it would be kept; then it is another one", async () => {
    for (const [days, isSame] of [
      [1, false],
      [1.01, true],
    ] as const) {
      const { world, runId } = await ended();
      const version = { ...today(world), retentionDays: days };
      const operator = operatorOf(world.runner);
      const create = () => Promise.reject(new FlowError("connection", "no store"));
      const struck = { ...operator, store: { ...operator.store, create } };
      await expect(replay(world, runId, { version }, struck)).rejects.toThrow("no store");
      world.clock.advance(86_400_000);
      const result = await replay(world, runId, { version });
      const { replays = [] } = await world.run(runId);
      expect([result, replays.length]).toEqual([
        { kind: "replayed", replayId: replays.at(-1) },
        isSame ? 1 : 2,
      ]);
    }
  });

  test("is not made of a chunk, whose event is nothing without its run", async () => {
    const { world, runId } = await ended();
    const parent = { runId, path: "3", awaits: true, depth: 1 };
    const chunk = { number: 0, of: 1, from: 0, step: "each" };
    const run = sampleRun({ createdAt: world.clock.now(), parent, chunk });
    await world.store.create(run);
    await expect(replay(world, run.runId)).rejects.toMatchObject({
      class: "invalid_input",
      message: `run ${run.runId} is a chunk of the loop at step 3 of run ${runId}: replay that run`,
    });
  });

  test("is not made where the original is deleted meanwhile", async () => {
    const { world, runId } = await ended();
    const operator = operatorOf(world.runner);
    const store = { ...operator.store, nameReplay: async () => undefined };
    expect(await replay(world, runId, {}, { ...operator, store })).toEqual({ kind: "missing" });
  });
});

describe("many runs that are replayed at once", () => {
  const sparing = { sparing: true };

  test("leave out those that have any replay, and replays", async () => {
    const { world, runId } = await ended();
    const first = await replayed(world, runId, sparing);
    const another = { ...sparing, body: edited('{"n": 8}') };
    expect(await replay(world, runId, another)).toEqual({
      kind: "before",
      replayId: first,
      status: "succeeded",
    });
    expect(await replay(world, first, sparing)).toEqual({ kind: "is_replay" });
  });

  test("do not where that is wished, or with one run alone", async () => {
    const { world, runId } = await ended();
    const first = await replayed(world, runId);
    for (const options of [{ ...sparing, again: true }, {}])
      expect(await replay(world, first, options)).toMatchObject({ kind: "replayed" });
    expect(await replay(world, runId, { ...sparing, again: true })).toMatchObject({ kind: "replayed" });
  });
});
