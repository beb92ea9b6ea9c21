import { describe, expect, test } from "@jest/globals";
import { takeMessages } from "../../lib/app/take-messages.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import type { RunRecord } from "../../lib/core/run.ts";
import { inboxMessage, tick } from "../support/inbox-messages.ts";
import { createWorld, type World, type WorldOptions } from "../support/world.ts";

const cron = { type: "cron", cron: "* * * * *" };
const steps = [{ type: "wait", seconds: 600 }];
const at = (minute: number) => `2026-01-02T03:${String(minute).padStart(2, "0")}:00Z`;

function stage(input: JsonObject, more: Partial<WorldOptions> = {}): World {
  const world = createWorld({ file: { input: { ...cron, ...input }, steps }, ...more });
  world.clock.advance(Date.parse(at(0)) - world.clock.now());
  return world;
}

async function runsOf({ store, run }: World): Promise<readonly RunRecord[]> {
  const all = await store.list({
    workflows: ["example"],
    limit: 9,
    since: 0,
    until: Number.MAX_SAFE_INTEGER,
  });
  return (await Promise.all(all.map(({ runId }) => run(runId)))).reverse();
}

const statuses = async (world: World) => (await runsOf(world)).map(({ status }) => status);

describe("a tick while the run of an earlier one has not ended", () => {
  test("is a run beside it, unless the file says otherwise", async () => {
    const world = stage({});
    await takeMessages(world.inbox, [tick(at(1)), tick(at(2))]);
    await world.invoke();
    expect(await statuses(world)).toEqual(["waiting", "waiting"]);
  });

  test("overlap: skip: is recorded as dropped, with the run that it would have overlapped", async () => {
    const world = stage({ overlap: "skip" });
    await takeMessages(world.inbox, [tick(at(1))]);
    await world.invoke();
    expect(await takeMessages(world.inbox, [tick(at(2))])).toEqual([]);
    const [first, second] = await runsOf(world);
    expect(second).toMatchObject({
      status: "dropped",
      reason: `run ${first?.runId} of an earlier tick has not ended`,
    });
    await world.settle();
    expect(await takeMessages(world.inbox, [tick(at(3))])).toEqual([]);
    await world.settle();
    expect(await statuses(world)).toEqual(["succeeded", "dropped", "succeeded"]);
  });

  test("overlap: queue: stays in the inbox until that run has ended", async () => {
    const world = stage({ overlap: "queue" });
    await takeMessages(world.inbox, [tick(at(1))]);
    await world.invoke();
    const next = tick(at(2));
    expect(await takeMessages(world.inbox, [next])).toEqual([next.messageId]);
    expect(await takeMessages(world.inbox, [{ ...next, receiveCount: 5 }])).toEqual([next.messageId]);
    expect(world.pauses).toEqual([15, 240]);
    expect(world.log.lines.filter(({ level }) => level === "error")).toEqual([]);
    await world.settle();
    expect(await takeMessages(world.inbox, [next])).toEqual([]);
    await world.settle();
    expect(await statuses(world)).toEqual(["succeeded", "succeeded"]);
  });

  test.each(["skip", "queue"])(
    "overlap: %s: one that comes again is the run that it was",
    async (overlap) => {
      const world = stage({ overlap });
      await takeMessages(world.inbox, [tick(at(1))]);
      await takeMessages(world.inbox, [tick(at(1))]);
      await takeMessages(world.inbox, [tick(at(2))]);
      await world.settle();
      await takeMessages(world.inbox, [tick(at(1)), tick(at(2))]);
      await world.settle();
      await takeMessages(world.inbox, [tick(at(2))]);
      await world.settle();
      expect(await statuses(world)).toEqual(["succeeded", overlap === "skip" ? "dropped" : "succeeded"]);
    },
  );

  test("of many that come at once one begins", async () => {
    const world = stage({ overlap: "skip" });
    await takeMessages(
      world.inbox,
      Array.from({ length: 9 }, (_, minute) => tick(at(minute + 1))),
    );
    expect((await statuses(world)).filter((status) => status !== "dropped")).toEqual(["queued"]);
  });

  test.each(["skip", "queue"])(
    "overlap: %s: a run that has its place and could not be stored is not overlapped, and begins when its tick comes again",
    async (overlap) => {
      let isDown = true;
      const world = stage(
        { overlap },
        {
          wrapStore: (store) => ({
            ...store,
            async create(run) {
              if (isDown) throw new FlowError("connection", "no store");
              await store.create(run);
            },
          }),
        },
      );
      const first = tick(at(1));
      expect(await takeMessages(world.inbox, [first])).toEqual([first.messageId]);
      isDown = false;
      await takeMessages(world.inbox, [tick(at(2))]);
      expect(await statuses(world)).toEqual(overlap === "skip" ? ["dropped"] : []);
      expect(await takeMessages(world.inbox, [first])).toEqual([]);
      await world.settle();
      expect(await statuses(world)).toEqual(overlap === "skip" ? ["succeeded", "dropped"] : ["succeeded"]);
    },
  );

  test("a place whose run was never made is free after a quarter of an hour", async () => {
    const world = stage({ overlap: "skip" });
    await world.inbox.schedules.follow("example", { runId: "gone", takenAt: world.clock.now() }, undefined);
    world.clock.advance(14 * 60_000);
    await takeMessages(world.inbox, [tick(at(14))]);
    world.clock.advance(60_000);
    await takeMessages(world.inbox, [tick(at(15))]);
    expect(await statuses(world)).toEqual(["dropped", "queued"]);
  });
});

describe("start_now", () => {
  const start = (world: World, scheduledAt: string, version = world.inbox.inputs.all()[0]?.hash ?? "") =>
    inboxMessage({ source: "hookline.cron", workflow: "example", scheduled_at: scheduledAt, version });

  test("starts a version once, however often and whenever the start is told", async () => {
    const world = createWorld({
      file: {
        input: { ...cron, start_now: true, payload: { report: "sales" } },
        steps: [],
        history: { retention_days: 400 },
      },
    });
    await takeMessages(world.inbox, [start(world, at(0)), start(world, at(0))]);
    await world.settle();
    world.clock.advance(365 * 86_400_000);
    await takeMessages(world.inbox, [start(world, "2027-01-02T03:00:00Z")]);
    await world.settle();
    expect(await runsOf(world)).toMatchObject([
      {
        status: "succeeded",
        attempt: 1,
        createdAt: Date.parse(at(0)),
        event: { request: { method: "CRON" } },
      },
    ]);
  });

  test("of a version that is not in force any more does nothing", async () => {
    const world = stage({ start_now: true });
    expect(await takeMessages(world.inbox, [start(world, at(0), "00".repeat(32))])).toEqual([]);
    expect(await runsOf(world)).toEqual([]);
  });

  test("P1 is the same run when the store took it and the queue did not", async () => {
    let isDown = true;
    const world = stage(
      { start_now: true },
      {
        wrapQueue: (queue) => ({
          ...queue,
          async send(...sent) {
            if (isDown) throw new FlowError("connection", "no queue");
            await queue.send(...sent);
          },
        }),
      },
    );
    expect(await takeMessages(world.inbox, [start(world, at(0))])).toHaveLength(1);
    isDown = false;
    expect(await takeMessages(world.inbox, [start(world, at(7))])).toEqual([]);
    await world.settle();
    expect(await statuses(world)).toEqual(["succeeded"]);
  });
});
