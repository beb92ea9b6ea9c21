import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Attempt } from "../../lib/app/run-attempt.ts";
import { letGo, settleRun } from "../../lib/app/settle-run.ts";
import { DAY_MS } from "../../lib/app/timings.ts";
import { wakeParent } from "../../lib/app/wake-parent.ts";
import type { JournalEntry, RunError } from "../../lib/core/journal.ts";
import type { EndedChunk } from "../../lib/core/ports/loop-store.ts";
import { MAX_DELAY_SECONDS } from "../../lib/core/ports/queue.ts";
import type { NewRun } from "../../lib/core/run.ts";
import type { Pause } from "../../lib/core/step-result.ts";
import type { RunEnd } from "../../lib/engine/run-end.ts";
import { mustClaim, sampleClaim, sampleEntry, sampleFinish, sampleRun } from "../support/sample-run.ts";
import { createWorld, type World } from "../support/world.ts";

const BASE = "019d0c1e-0000-7000-8000-000000000000";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const error: RunError = { step: "1", id: "call", class: "timeout", message: "no answer", details: {} };

let world: World;
let started: number;
/** How often the store was asked how a run stands, and what it was told of the ends of chunks. */
let asked: number;
let marks: EndedChunk[];
beforeEach(() => {
  [asked, marks] = [0, []];
  world = createWorld({
    file: { steps: [] },
    wrapStore: (store) => ({
      ...store,
      status(runId) {
        asked += 1;
        return store.status(runId);
      },
      loops: {
        ...store.loops,
        end(loop, chunk) {
          marks.push(chunk);
          return store.loops.end(loop, chunk);
        },
      },
    }),
  });
  started = world.clock.now();
});

async function created(changes: Partial<NewRun> = {}): Promise<NewRun> {
  const run = sampleRun({ createdAt: started, workflow: "example", ...changes });
  await world.store.create(run);
  return run;
}

/** A run that was claimed just now. */
async function claimed(changes: Partial<NewRun> = {}) {
  const { runId } = await created(changes);
  return mustClaim(world.store, runId, sampleClaim(started));
}

/** Settles an attempt that ended so, at its first delivery. */
async function settled(
  run: Awaited<ReturnType<typeof claimed>>,
  end: RunEnd,
  more: Partial<Attempt> = {},
  deliveries = 1,
) {
  const attempt = { tail: [], journal: [], redact: [], retentionMs: DAY_MS, costUsd: 0.5, spentMs: 400 };
  const disposal = await settleRun(world.runner, run, { ...attempt, end, ...more }, deliveries);
  return { disposal, found: await world.run(run.run.runId) };
}

/** Runs whose messages are in the queue, and when each is delivered. */
function enqueued(): readonly (readonly [string, number])[] {
  const found: [string, number][] = [];
  for (let at = world.queue.nextVisibleAt(); at !== undefined; at = world.queue.nextVisibleAt()) {
    if (at > world.clock.now()) world.clock.advance(at - world.clock.now());
    for (const { body, receiptHandle } of world.queue.receive(10)) {
      found.push([JSON.parse(body).run_id, at]);
      world.queue.acknowledge(receiptHandle);
    }
  }
  return found;
}

const child = (awaited: Extract<Pause, { reason: "child" }>["awaited"]): RunEnd => ({
  kind: "paused",
  pause: { reason: "child", awaited, lookAt: started + 5 * MINUTE },
});

describe("an attempt that succeeded", () => {
  test("is written down with its output and why it was stopped, and its message is done with", async () => {
    const run = await claimed();
    const end: RunEnd = { kind: "succeeded", output: { n: 1 }, reason: "enough" };
    const { disposal, found } = await settled(run, end, { tail: [sampleEntry("0")] });
    expect(disposal).toEqual({ kind: "ack" });
    expect(found).toMatchObject({
      status: "succeeded",
      output: { n: 1 },
      reason: "enough",
      costUsd: 0.5,
      spentMs: 400,
      finishedAt: started,
      journal: [sampleEntry("0")],
    });
    expect(found.blanked).toBeUndefined();
    expect(enqueued()).toEqual([]);
  });

  test("has what the file wants blanked in its output and its history", async () => {
    const journal = [{ ...sampleEntry("0"), patch: [{ path: ["card"], value: "4111" }] }];
    const end: RunEnd = { kind: "succeeded", output: { card: "4111", n: 1 } };
    const { found } = await settled(await claimed(), end, { journal, redact: ["card"] });
    expect(found).toMatchObject({
      output: { card: "***", n: 1 },
      journal: [{ patch: [{ path: ["card"], value: "***" }] }],
      blanked: true,
    });
  });

  test("leaves the runs that its journal names alone", async () => {
    const run = await claimed();
    const parent = { runId: run.run.runId, path: "0", awaits: true, depth: 1 };
    const { runId } = await created({ parent });
    await settled(run, { kind: "succeeded" }, { journal: [{ ...sampleEntry("0"), children: [runId] }] });
    expect(await world.store.status(runId)).toBe("queued");
  });
});

test("an attempt whose run somebody cancelled has the runs that it waits for cancelled", async () => {
  const run = await claimed();
  const parent = { runId: run.run.runId, path: "0", awaits: true, depth: 1 };
  const { runId } = await created({ parent });
  const journal: JournalEntry[] = [{ ...sampleEntry("0"), children: [runId] }];
  const end: RunEnd = { kind: "cancelled", error: { ...error, class: "cancelled" } };
  const { disposal, found } = await settled(run, end, { journal });
  expect([disposal, found.status]).toEqual([{ kind: "ack" }, "cancelled"]);
  expect(await world.run(runId)).toMatchObject({ status: "cancelled" });
});

describe("an attempt that failed", () => {
  test("and may heal is let go, until its message is back or the sweeper looks", async () => {
    const end: RunEnd = { kind: "failed", error, heals: true, retryAfterMs: 0 };
    const { disposal, found } = await settled(await claimed(), end, {}, 2);
    expect(disposal).toEqual({ kind: "give_back", seconds: 60 });
    expect(found).toMatchObject({
      status: "waiting",
      notBefore: started + MINUTE,
      dueAt: started + MINUTE + world.runner.timings.wakeMarginMs,
      failures: 1,
      error,
      costUsd: 0.5,
      spentMs: 400,
    });
  });

  test("for good ends the run, and its message is dead", async () => {
    const end: RunEnd = { kind: "failed", error, heals: false, retryAfterMs: 0 };
    const { disposal, found } = await settled(await claimed(), end);
    const reason = { class: "timeout", message: "no answer", step: "1" };
    expect(disposal).toEqual({ kind: "dead_letter", reason });
    expect(found).toMatchObject({ status: "failed", error });
    expect(found.reason).toBeUndefined();
  });
});

describe("an attempt that pauses", () => {
  test("to go on elsewhere is queued again at once, and its message is done with", async () => {
    const run = await claimed();
    const { disposal, found } = await settled(run, { kind: "paused", pause: { reason: "hand_over" } });
    expect(disposal).toEqual({ kind: "ack" });
    const dueAt = started + world.runner.timings.lookAfterMs;
    expect(found).toMatchObject({ status: "queued", dueAt, spentMs: 400, costUsd: 0.5 });
    expect(found.notBefore).toBeUndefined();
    expect(enqueued()).toEqual([[run.run.runId, started]]);
  });

  test("for a wait is woken by a message, and the sweeper looks a little later", async () => {
    const run = await claimed();
    const until = started + 10 * MINUTE;
    const { found } = await settled(run, { kind: "paused", pause: { reason: "wait", dueAt: until } });
    const dueAt = until + world.runner.timings.wakeMarginMs;
    expect(found).toMatchObject({ status: "waiting", notBefore: until, dueAt });
    expect(enqueued()).toEqual([[run.run.runId, until]]);
  });

  test("for longer than a message can be delayed is left to the sweeper", async () => {
    for (const [seconds, isSent] of [
      [MAX_DELAY_SECONDS, true],
      [MAX_DELAY_SECONDS + 1, false],
    ] as const) {
      const run = await claimed();
      const until = world.clock.now() + seconds * 1000;
      const { found } = await settled(run, { kind: "paused", pause: { reason: "wait", dueAt: until } });
      expect(found.dueAt).toBe(isSent ? until + world.runner.timings.wakeMarginMs : until);
      expect(enqueued()).toEqual(isSent ? [[run.run.runId, until]] : []);
    }
  });

  test.each([
    ["changes nothing where it ends two hours before that, or sooner", 0, DAY_MS, undefined],
    ["has it kept for its whole time on top where it ends later", 1, DAY_MS, DAY_MS],
    ["and for two hours at least", 1, 0, 2 * HOUR],
  ])("for a wait near the end of its history %s", async (_about, later, retentionMs, kept) => {
    const expiresAt = (started + 3 * DAY_MS) / 1000;
    const dueAt = expiresAt * 1000 - 2 * HOUR + later;
    const end: RunEnd = { kind: "paused", pause: { reason: "wait", dueAt } };
    const { found } = await settled(await claimed({ expiresAt }), end, { retentionMs });
    expect(found.expiresAt).toBe(kept === undefined ? expiresAt : Math.ceil((dueAt + kept) / 1000));
  });

  test("for another run and a wait beside it goes on when the wait is over, and is looked at before", async () => {
    for (const [minutes, dueAt] of [
      [1, started + MINUTE + world.runner.timings.wakeMarginMs],
      [10, started + 5 * MINUTE],
    ] as const) {
      const over = started + minutes * MINUTE;
      const pause: Pause = { reason: "child", awaited: [], lookAt: started + 5 * MINUTE, dueAt: over };
      const { found } = await settled(await claimed(), { kind: "paused", pause });
      expect([found.dueAt, found.notBefore]).toEqual([dueAt, undefined]);
    }
    expect(enqueued().map(([, at]) => at)).toEqual([started + MINUTE, started + 10 * MINUTE]);
  });

  test("for another run may go on at any time, and has a message only once that has ended", async () => {
    const other = await claimed();
    const awaited = [{ runId: other.run.runId }, { runId: "not made yet" }];
    const first = await settled(await claimed(), child(awaited));
    expect(first.found).toMatchObject({ status: "waiting", dueAt: started + 5 * MINUTE });
    expect(first.found.notBefore).toBeUndefined();
    expect(enqueued()).toEqual([]);
    await world.store.finish(other.lease, sampleFinish());
    const second = await claimed();
    await settled(second, child(awaited));
    expect(enqueued()).toEqual([[second.run.runId, started]]);
  });

  test.each([
    ["all chunks of a loop, of which one is under way", [{ number: 0 }], false],
    ["all chunks of a loop, which have ended meanwhile", [{ number: 0 }, { number: 1 }], true],
    ["all chunks of a loop, one of which ends the run", [{ number: 1, endsRun: true }], true],
  ])("for %s: a message only for its end", async (_about, ends, isSent) => {
    const run = await claimed();
    const { runId, expiresAt } = run.run;
    for (const one of ends) await world.store.loops.end({ runId, path: "3" }, { of: 2, expiresAt, ...one });
    await settled(run, child([{ path: "3", base: BASE, count: 2 }]));
    expect(enqueued()).toEqual(isSent ? [[runId, started]] : []);
  });
});

describe("a run that a step of another one started", () => {
  test.each([
    ["wakes the other one, which waits for it", true, true, true],
    ["wakes none that is under way", true, false, false],
    ["wakes none that does not wait for it", false, true, false],
  ])("%s", async (_about, awaits, isParked, isSent) => {
    const outer = await claimed();
    const { runId } = outer.run;
    const inner = await claimed({ parent: { runId, path: "0", awaits, depth: 1 } });
    if (isParked) await settled(outer, child([{ runId: inner.run.runId }]));
    await settled(inner, { kind: "succeeded" });
    expect(enqueued()).toEqual(isSent ? [[runId, started]] : []);
  });
});

describe("a chunk", () => {
  const ends = [{ kind: "result", value: "one" }] as const;

  /** A run that waits for the chunks of its loop, and the second of those. */
  async function loop(of = 2) {
    const outer = await claimed();
    const { runId } = outer.run;
    await settled(outer, child([{ path: "3", base: BASE, count: of }]));
    const parent = { runId, path: "3", awaits: true, depth: 1 };
    const chunk = await claimed({ parent, chunk: { number: 1, of, from: 5, step: "each" } });
    return { outer: runId, key: { runId, path: "3" }, chunk };
  }
  const resultsOf = async (key: { readonly runId: string; readonly path: string }) => [
    ...(await world.store.loops.results(key)),
  ];
  const saved = { ...sampleEntry("3.items.5.0"), savedUsd: 0.25 };

  test("keeps its word for the loop, and notes its end, and asks for nothing more", async () => {
    const { key, chunk } = await loop();
    await settled(chunk, { kind: "succeeded", ends }, { journal: [saved] });
    expect([marks, asked]).toEqual([[expect.objectContaining({ expiresAt: chunk.run.expiresAt })], 0]);
    expect(await resultsOf(key)).toEqual([[1, { ends, costUsd: 0.5, savedUsd: 0.25 }]]);
    const { ended, failed, endsRun } = await world.store.loops.progress(key);
    expect([[...ended], failed.size, endsRun.size]).toEqual([[1], 0, 0]);
    expect(enqueued()).toEqual([]);
  });

  test("that is the last wakes the loop's run", async () => {
    const { outer, key, chunk } = await loop();
    await world.store.loops.end(key, { number: 0, of: 2, expiresAt: chunk.run.expiresAt });
    await settled(chunk, { kind: "succeeded", ends });
    expect(enqueued()).toEqual([[outer, started]]);
  });

  test("that is the last has no message for a run that is under way: it looks by itself", async () => {
    const { outer, chunk } = await loop(1);
    await mustClaim(world.store, outer, sampleClaim(started));
    await settled(chunk, { kind: "succeeded", ends });
    expect(enqueued()).toEqual([]);
  });

  test("whose item failed has failed, which is the loop's matter: its message is done with", async () => {
    const { key, chunk } = await loop();
    const failed = [{ kind: "fail", error, attempts: 1 }, ...ends] as const;
    const end: RunEnd = { kind: "failed", error, heals: false, retryAfterMs: 0, ends: failed };
    const { disposal, found } = await settled(chunk, end);
    expect([disposal, found.status]).toEqual([{ kind: "ack" }, "failed"]);
    expect(found.reason).toBeUndefined();
    const progress = await world.store.loops.progress(key);
    expect([[...progress.failed], progress.endsRun.size]).toEqual([[1], 0]);
    expect(enqueued()).toEqual([]);
  });

  test("in which the file ends the whole run says so, and wakes it although others are under way", async () => {
    const { outer, key, chunk } = await loop();
    const end: RunEnd = {
      kind: "failed",
      error,
      heals: false,
      retryAfterMs: 0,
      ends: [...ends, { kind: "fail", error, attempts: 1, endsRun: true }],
    };
    const { found } = await settled(chunk, end);
    expect(found.reason).toBe("a step of the file ends the whole run");
    expect([...(await world.store.loops.progress(key)).endsRun]).toEqual([1]);
    expect(enqueued()).toEqual([[outer, started]]);
  });

  test("that failed before its items has no word for the loop", async () => {
    const { key, chunk } = await loop();
    await settled(chunk, { kind: "failed", error, heals: false, retryAfterMs: 0 });
    expect(await resultsOf(key)).toEqual([]);
    expect([...(await world.store.loops.progress(key)).failed]).toEqual([1]);
  });

  test.each([
    ["its word stays while the loop's run goes on", false, ["card"], 1],
    ["its word goes when that run has ended", true, ["card"], 0],
    ["its word stays with a file that has nothing blanked", true, [], 1],
  ])("whose history is blanked: %s", async (_about, isOver, redact, kept) => {
    const { outer, key, chunk } = await loop();
    if (isOver) {
      const { lease } = await mustClaim(world.store, outer, sampleClaim(started));
      await world.store.finish(lease, sampleFinish());
    }
    await settled(chunk, { kind: "succeeded", ends }, { redact });
    expect(await resultsOf(key)).toHaveLength(kept);
    expect(enqueued()).toEqual([]);
  });
});

test("the end of a damaged chunk is kept for 30 days from when it was named: nobody knows its own time", async () => {
  const parent = { runId: "the loop's run is gone", path: "3", awaits: true, depth: 1 };
  const link = { number: 0, of: 2, from: 0, step: "each" };
  const { runId, chunk } = await created({ createdAt: started - 1, parent, chunk: link });
  const key = { runId: parent.runId, path: parent.path };
  const result = { value: "late", epoch: 1, expiresAt: started / 1000 + 60 };
  await world.store.loops.keepResult(key, 0, result);
  await wakeParent(
    world.runner,
    { runId, parent, ...(chunk && { chunk }) },
    { status: "failed", blanked: true },
  );
  expect(marks).toEqual([
    { number: 0, of: 2, failed: true, endsRun: false, expiresAt: (started + 30 * DAY_MS) / 1000 },
  ]);
  expect((await world.store.loops.results(key)).size).toBe(0);
});

test("a run that is given up for a while stands as it was claimed, and is looked at a little later", async () => {
  const { lease, run } = await claimed();
  const before = { ...run, costUsd: 0.25, spentMs: 30, failures: 2 };
  await letGo(world.runner, lease, before, 30);
  const notBefore = started + 30_000;
  expect(await world.run(run.runId)).toMatchObject({
    status: "waiting",
    notBefore,
    dueAt: notBefore + world.runner.timings.wakeMarginMs,
    costUsd: 0.25,
    spentMs: 30,
    failures: 2,
  });
});
