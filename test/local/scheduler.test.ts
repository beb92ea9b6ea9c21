import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { CronMessage } from "../../lib/app/inbox-message.ts";
import { type CronWorkflow, type Scheduler, startScheduler } from "../../lib/local/scheduler.ts";

const workflow = (cron: string, startNow = false): CronWorkflow => ({
  name: "report",
  input: { type: "cron", cron, timezone: "UTC", startNow, overlap: "allow", payload: {} },
});
let fired: CronMessage[];
let sweeps: number;
let logged: string[];
let scheduler: Scheduler;

beforeEach(() => {
  jest.useFakeTimers({ now: Date.parse("2026-03-01T10:00:00Z") });
  [fired, sweeps, logged] = [[], 0, []];
  scheduler = startScheduler({
    sweep: async () => {
      sweeps += 1;
      if (sweeps === 2) throw new Error("store down");
    },
    fire: async (event) => fired.push(event),
    log: (line) => logged.push(line),
  });
});
afterEach(() => {
  scheduler.stop();
  jest.useRealTimers();
});

const minutes = (count: number) => jest.advanceTimersByTimeAsync(count * 60_000);

describe("the scheduler", () => {
  test("sweeps at the start and every minute, also after a sweep that failed", async () => {
    await minutes(3);
    expect(sweeps).toBe(4);
    expect(logged).toEqual(["the sweeper failed: Error: store down"]);
  });

  test("fires a workflow at its times, with the time it was due", async () => {
    scheduler.follow([workflow("*/30 * * * *")]);
    await minutes(60);
    expect(fired).toEqual(
      ["2026-03-01T10:30:00.000Z", "2026-03-01T11:00:00.000Z"].map((scheduled_at) => ({
        source: "hookline.cron",
        workflow: "report",
        scheduled_at,
      })),
    );
  });

  test("start_now fires at once, and not again when the same schedule is followed again", async () => {
    scheduler.follow([workflow("0 0 1 1 *", true)]);
    scheduler.follow([workflow("0 0 1 1 *", true)]);
    await minutes(1);
    expect(fired).toHaveLength(1);
  });

  test("a schedule that changed or went does not fire at its old times", async () => {
    scheduler.follow([workflow("*/5 * * * *")]);
    scheduler.follow([workflow("*/20 * * * *")]);
    await minutes(19);
    expect(fired).toEqual([]);
    scheduler.follow([]);
    await minutes(60);
    expect(fired).toEqual([]);
  });

  test("a time further away than a timer reaches is kept", async () => {
    scheduler.follow([workflow("0 10 1 5 *")]);
    await minutes(61 * 24 * 60);
    expect(fired.map(({ scheduled_at }) => scheduled_at)).toEqual(["2026-05-01T10:00:00.000Z"]);
  });
});
