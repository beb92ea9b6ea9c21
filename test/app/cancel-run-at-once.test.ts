import { describe, expect, test } from "@jest/globals";
import { cancelChildren, cancelRun } from "../../lib/app/cancel-run.ts";
import { chunkRunIds } from "../../lib/app/chunk-run-ids.ts";
import { operatorOf } from "../../lib/app/operator.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import type { RunStore } from "../../lib/core/ports/run-store.ts";
import type { NewRun } from "../../lib/core/run.ts";
import { compiled } from "../support/engine-run.ts";
import {
  mustClaim,
  sampleClaim,
  sampleEntry,
  sampleFinish,
  sampleRelease,
  sampleRun,
} from "../support/sample-run.ts";
import { createWorld, runIdOf, type World } from "../support/world.ts";

const nothing = { class: "cancelled", step: null, message: "somebody cancelled the run", details: {} };
const pure: JsonObject = { steps: [] };
const redacting: JsonObject = { steps: [], history: { redact: ["card"] } };

const cancel = (world: World, runId: string) => cancelRun(operatorOf(world.runner), runId);

async function created(world: World, changes: Partial<NewRun> = {}): Promise<string> {
  const { hash } = world.runner.catalog.current("example") ?? { hash: "" };
  const run = sampleRun({ createdAt: world.clock.now(), workflow: "example", hash, ...changes });
  await world.store.create(run);
  return run.runId;
}
const started = (runId: string, more: JsonObject = {}) => ({
  parent: { runId, path: "0", awaits: true, depth: 1, ...more },
});

/** A stage of which something happens right before a run's end is written. */
function stage(before: (store: RunStore, runId: string) => Promise<void>, file = pure): World {
  let isFirst = true;
  return createWorld({
    file,
    wrapStore: (store) => ({
      ...store,
      async finish(lease, finish) {
        if (isFirst) {
          isFirst = false;
          await before(store, lease.runId);
        }
        return store.finish(lease, finish);
      },
    }),
  });
}

describe("cancelling while", () => {
  test("another one does the same and is faster: it is cancelled, as it was before", async () => {
    const world: World = stage(async (_store, runId) => void (await cancel(world, runId)));
    const runId = await created(world);
    expect(await cancel(world, runId)).toEqual({ kind: "cancelled", before: true });
  });

  test("another one has taken it away to do the same: nobody takes it back", async () => {
    const world = stage(async (store, runId) => {
      const now = world.clock.now();
      await store.claim(runId, { owner: "other", now, leaseUntil: now + 1_000, evicts: true });
    });
    const runId = await created(world);
    expect(await cancel(world, runId)).toEqual({ kind: "contended" });
    expect(await world.store.status(runId)).toBe("queued");
  });

  test("the store fails is told, and a runner that comes by waits for a minute", async () => {
    const world = stage(() => Promise.reject(new FlowError("connection", "no store")));
    const runId = await created(world);
    const now = world.clock.now();
    await expect(cancel(world, runId)).rejects.toThrow("no store");
    expect(await world.store.claim(runId, sampleClaim(now))).toEqual({ kind: "held", until: now + 60_000 });
  });

  test("its history is deleted: it was cancelled before", async () => {
    const world = createWorld({ file: pure });
    const runId = await created(world);
    await cancel(world, runId);
    const operator = operatorOf(world.runner);
    const store: RunStore = { ...world.store, get: async () => undefined };
    expect(await cancelRun({ ...operator, store }, runId)).toEqual({ kind: "cancelled", before: true });
  });
});

describe("a cancelled run", () => {
  test("without a step under way names none, and keeps its history as it is", async () => {
    const world = createWorld({ file: pure });
    const runId = await created(world);
    const { lease } = await mustClaim(world.store, runId, sampleClaim(world.clock.now()));
    await world.store.append(lease, 1, [sampleEntry("0"), { ...sampleEntry("1"), status: "failed" }]);
    await world.store.release(lease, sampleRelease());
    await cancel(world, runId);
    const run = await world.run(runId);
    expect(run.error).toEqual(nothing);
    expect(run).not.toHaveProperty("blanked");
    expect(run.journal.map(({ path }) => path)).toEqual(["0", "1"]);
  });

  test("has blanked what its own version says, not today's", async () => {
    const world = createWorld({ file: redacting });
    const runId = runIdOf(await world.post({ card: "4111" }));
    world.deploy(compiled({ name: "example", ...pure }));
    await cancel(world, runId);
    expect(await world.run(runId)).toMatchObject({ status: "cancelled", blanked: true });
  });

  test("has blanked what today's version says where its own is gone, and nothing where there is none", async () => {
    const world = createWorld({ file: redacting });
    const runId = await created(world, { hash: "gone" });
    await cancel(world, runId);
    expect(await world.run(runId)).toMatchObject({ status: "cancelled", blanked: true });
    const other = await created(world, { workflow: "gone" });
    expect(await cancel(world, other)).toEqual({ kind: "cancelled", before: false });
    expect(await world.run(other)).not.toHaveProperty("blanked");
  });

  test.each([
    ["goes with its history, where the file has that blanked", redacting, 0],
    ["stays where the file has nothing blanked", pure, 1],
  ])("what a chunk of it said too late %s", async (_about, file, kept) => {
    const world = createWorld({ file });
    const outer = await created(world);
    await cancel(world, outer);
    const chunk = { number: 0, of: 1, from: 0, step: "each" };
    const runId = await created(world, { ...started(outer), chunk });
    const result = { value: "late", epoch: 1, expiresAt: world.clock.now() / 1000 + 60 };
    const loop = { runId: outer, path: "0" };
    await world.store.loops.keepResult(loop, 0, result);
    await cancel(world, runId);
    expect((await world.store.loops.results(loop)).size).toBe(kept);
  });
});

describe("of the runs that a journal names", () => {
  test("those are cancelled that its steps wait for, with why", async () => {
    const world = createWorld({ file: pure });
    const outer = await created(world);
    const own = await created(world, started(outer));
    const unawaited = await created(world, started(outer, { awaits: false }));
    const another = await created(world, started(own));
    const journal = [{ ...sampleEntry("0"), children: [own, unawaited, another, "not made"] }];
    await cancelChildren(operatorOf(world.runner), outer, journal);
    expect(await Promise.all([own, unawaited, another].map(world.store.status))).toEqual([
      "cancelled",
      "queued",
      "queued",
    ]);
  });

  test("those are cancelled that are a loop's chunks, as far as they are made", async () => {
    const world = createWorld({ file: pure });
    const outer = await created(world);
    const own = await created(world, started(outer));
    const base = world.runner.ports.random.timeOrderedUuid(world.clock.now());
    const chunks = { base, size: 2, count: 3, attempt: 1, redrives: 0 };
    const [first = "", , third = ""] = chunkRunIds(chunks);
    for (const [number, runId] of [first, third].entries())
      await created(world, { ...started(outer), runId, chunk: { number, of: 3, from: 0, step: "each" } });
    const journal = [
      { ...sampleEntry("0"), children: [own] },
      { ...sampleEntry("1"), chunks },
    ];
    await cancelChildren(operatorOf(world.runner), outer, journal);
    for (const runId of [own, first, third]) expect(await world.store.status(runId)).toBe("cancelled");
  });

  test("those that have ended otherwise stay so, and are not even read", async () => {
    const read: string[] = [];
    const world = createWorld({
      file: pure,
      wrapStore: (store) => ({
        ...store,
        get(runId) {
          read.push(runId);
          return store.get(runId);
        },
      }),
    });
    const outer = await created(world);
    const runId = await created(world, started(outer));
    const { lease } = await mustClaim(world.store, runId, sampleClaim(world.clock.now()));
    await world.store.finish(lease, sampleFinish());
    const journal = [{ ...sampleEntry("0"), children: [runId, "not made"] }];
    await cancelChildren(operatorOf(world.runner), outer, journal);
    expect([await world.store.status(runId), read]).toEqual(["succeeded", []]);
  });

  test("those that were cancelled before theirs are gone into once more", async () => {
    const world = createWorld({ file: pure });
    const outer = await created(world);
    const inner = await created(world, started(outer));
    const innermost = await created(world, started(inner));
    const { lease } = await mustClaim(world.store, inner, sampleClaim(world.clock.now()));
    const tail = [{ ...sampleEntry("0"), children: [innermost] }];
    await world.store.finish(lease, sampleFinish({ status: "cancelled", tail }));
    const journal = [{ ...sampleEntry("0"), children: [inner] }];
    await cancelChildren(operatorOf(world.runner), outer, journal);
    expect(await world.store.status(innermost)).toBe("cancelled");
  });
});

test("a run that begins after the one that waits for it was cancelled says so, and nothing else", async () => {
  const world = createWorld({ file: pure });
  const outer = await created(world);
  await cancel(world, outer);
  const runId = await created(world, started(outer));
  await world.queue.send({ runId });
  await world.settle();
  const message = `run ${outer}, whose step 0 waited for this one, was cancelled`;
  expect((await world.run(runId)).error).toEqual({ step: null, class: "cancelled", message, details: {} });
});
