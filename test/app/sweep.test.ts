import { beforeEach, describe, expect, test } from "@jest/globals";
import { createMemoryQueue, type MemoryQueue } from "../../lib/adapters/memory/memory-queue.ts";
import { createMemoryRunStore } from "../../lib/adapters/memory/memory-run-store.ts";
import { NO_METRICS } from "../../lib/adapters/metrics/no-metrics.ts";
import { type Sweeper, sweep } from "../../lib/app/sweep.ts";
import { timingsOf } from "../../lib/app/timings.ts";
import { parseMessage } from "../../lib/core/ports/queue.ts";
import type { RunStore } from "../../lib/core/ports/run-store.ts";
import type { NewRun } from "../../lib/core/run.ts";
import { type VirtualClock, virtualClock } from "../../lib/testing/virtual-clock.ts";
import { type KeptLog, keptLog } from "../support/kept-log.ts";
import { mustClaim, sampleClaim, sampleRelease, sampleRun } from "../support/sample-run.ts";

const timings = timingsOf(900_000);
const MINUTE = 60_000;

let clock: VirtualClock;
let store: RunStore;
let queue: MemoryQueue;
let log: KeptLog;

beforeEach(() => {
  clock = virtualClock();
  store = createMemoryRunStore({ now: clock.now });
  queue = createMemoryQueue({ now: clock.now, visibilitySeconds: 60 });
  log = keptLog();
});

const sweeper = (): Sweeper => ({ store, queue, clock, log, metrics: NO_METRICS, timings });
const created = async (changes: Partial<NewRun> = {}) => {
  const run = sampleRun({ createdAt: clock.now(), dueAt: clock.now(), ...changes });
  await store.create(run);
  return run.runId;
};
const enqueued = () => queue.receive(1_000).map(({ body }) => parseMessage(body)?.runId);

describe("a run that should have moved", () => {
  test("is enqueued when it is due, and not before", async () => {
    const runId = await created({ dueAt: clock.now() + MINUTE });
    expect(await sweep(sweeper())).toBe(0);
    clock.advance(MINUTE);
    expect(await sweep(sweeper())).toBe(1);
    expect(enqueued()).toEqual([runId]);
  });

  test("is looked at again when its message could have got lost too, and not before", async () => {
    const runId = await created();
    await sweep(sweeper());
    expect(enqueued()).toEqual([runId]);
    clock.advance(timings.lookAfterMs - 1);
    expect(await sweep(sweeper())).toBe(0);
    clock.advance(1);
    expect(await sweep(sweeper())).toBe(1);
  });

  test("is enqueued among any number of others, each once", async () => {
    const ids = [];
    for (let n = 0; n < 401; n += 1) ids.push(await created());
    expect(await sweep(sweeper())).toBe(401);
    expect(enqueued().sort()).toEqual(ids.sort());
  });

  test("is told in the log, with how many there were; where there are none nothing is told", async () => {
    await sweep(sweeper());
    expect(log.lines).toEqual([]);
    await created();
    await created();
    await sweep(sweeper());
    expect(log.lines).toEqual([{ level: "warn", message: "swept", fields: { enqueued: 2 }, context: {} }]);
  });

  test("is left to another sweeper that was faster", async () => {
    await created();
    const slow = { ...store, postpone: async () => false };
    expect(await sweep({ ...sweeper(), store: slow })).toBe(0);
    expect(enqueued()).toEqual([]);
  });
});

describe("a run that somebody holds", () => {
  test("is left alone until its lease is over", async () => {
    const runId = await created();
    const leaseUntil = clock.now() + 5 * MINUTE;
    await mustClaim(store, runId, sampleClaim(clock.now(), { leaseUntil }));
    expect(await sweep(sweeper())).toBe(0);
    clock.advance(5 * MINUTE);
    expect(await sweep(sweeper())).toBe(0);
    clock.advance(1);
    expect(await sweep(sweeper())).toBe(1);
    expect(enqueued()).toEqual([runId]);
  });
});

describe("a run that waits", () => {
  test("is left alone until its wait is over", async () => {
    const runId = await created();
    const { lease } = await mustClaim(store, runId, sampleClaim(clock.now()));
    const [dueAt, notBefore] = [clock.now(), clock.now() + 5 * MINUTE];
    await store.release(lease, sampleRelease({ status: "waiting", dueAt, notBefore }));
    expect(await sweep(sweeper())).toBe(0);
    clock.advance(5 * MINUTE);
    expect(await sweep(sweeper())).toBe(0);
    clock.advance(1);
    expect(await sweep(sweeper())).toBe(1);
    expect(enqueued()).toEqual([runId]);
  });
});
