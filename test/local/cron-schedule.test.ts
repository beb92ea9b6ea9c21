import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { cronSchedule } from "../../lib/local/cron-schedule.ts";

const next = (cron: string, zone: string, after: string, count = 1): string[] => {
  const schedule = cronSchedule(cron, zone);
  const times: string[] = [];
  let at = Date.parse(after);
  while (times.length < count) {
    at = schedule.nextAfter(at) ?? Number.NaN;
    times.push(Number.isNaN(at) ? "never" : new Date(at).toISOString().replace(":00.000Z", "Z"));
  }
  return times;
};

describe("the next time of a cron expression", () => {
  test.each([
    ["every minute", "* * * * *", "2026-03-01T10:00:30Z", ["2026-03-01T10:01Z", "2026-03-01T10:02Z"]],
    ["strictly after", "0 10 * * *", "2026-03-01T10:00:00Z", ["2026-03-02T10:00Z"]],
    ["steps", "*/20 * * * *", "2026-03-01T10:21:00Z", ["2026-03-01T10:40Z", "2026-03-01T11:00Z"]],
    [
      "steps from a number",
      "10/25 9 * * *",
      "2026-03-01T00:00:00Z",
      ["2026-03-01T09:10Z", "2026-03-01T09:35Z", "2026-03-02T09:10Z"],
    ],
    [
      "lists and ranges",
      "0 8-9,17 * * *",
      "2026-03-01T08:30:00Z",
      ["2026-03-01T09:00Z", "2026-03-01T17:00Z", "2026-03-02T08:00Z"],
    ],
    ["weekdays by name", "30 7 * * mon-fri", "2026-03-06T08:00:00Z", ["2026-03-09T07:30Z"]],
    ["Sunday as 7", "0 0 * * 7", "2026-03-02T00:00:00Z", ["2026-03-08T00:00Z"]],
    ["months by name", "0 0 1 jan,JUL *", "2026-03-01T00:00:00Z", ["2026-07-01T00:00Z", "2027-01-01T00:00Z"]],
    [
      "either of both days",
      "0 0 13 * fri",
      "2026-03-01T00:00:00Z",
      ["2026-03-06T00:00Z", "2026-03-13T00:00Z", "2026-03-20T00:00Z"],
    ],
    ["29 February", "0 0 29 2 *", "2026-03-01T00:00:00Z", ["2028-02-29T00:00Z"]],
    ["29 February across 2100", "0 0 29 2 *", "2096-03-01T00:00:00Z", ["2104-02-29T00:00Z"]],
    ["a date that never comes", "0 0 30 2 *", "2026-03-01T00:00:00Z", ["never"]],
  ])("%s: %s", (_what, cron, after, expected) => {
    expect(next(cron, "UTC", after, expected.length)).toEqual(expected);
  });

  test.each([
    ["winter", "0 9 * * *", "Europe/Berlin", "2026-01-10T00:00:00Z", ["2026-01-10T08:00Z"]],
    ["summer", "0 9 * * *", "Europe/Berlin", "2026-07-10T00:00:00Z", ["2026-07-10T07:00Z"]],
    ["a day line away", "0 0 * * *", "Pacific/Auckland", "2026-07-10T00:00:00Z", ["2026-07-10T12:00Z"]],
    ["half hours", "15 6 * * *", "Asia/Kolkata", "2026-07-10T00:00:00Z", ["2026-07-10T00:45Z"]],
    ["the skipped hour", "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", ["2026-03-30T00:30Z"]],
    [
      "the repeated hour, once",
      "30 2 * * *",
      "Europe/Berlin",
      "2026-10-24T12:00:00Z",
      ["2026-10-25T00:30Z", "2026-10-26T01:30Z"],
    ],
    [
      "every half hour through the repeated hour",
      "*/30 * * * *",
      "Europe/Berlin",
      "2026-10-25T00:15:00Z",
      ["2026-10-25T00:30Z", "2026-10-25T02:00Z"],
    ],
  ])("in a time zone, %s: %s", (_what, cron, zone, after, expected) => {
    expect(next(cron, zone, after, expected.length)).toEqual(expected);
  });

  test("it is always later, to the minute, and nothing between matches twice", () => {
    const minute = fc.integer({ min: 0, max: 59 });
    const hour = fc.integer({ min: 0, max: 23 });
    const zone = fc.constantFrom(
      "UTC",
      "Europe/Berlin",
      "America/New_York",
      "Asia/Kolkata",
      "Australia/Lord_Howe",
    );
    const after = fc.date({ min: new Date("2020-01-01"), max: new Date("2030-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(minute, hour, zone, after, (m, h, timeZone, from) => {
        const found = cronSchedule(`${m} ${h} * * *`, timeZone).nextAfter(from.getTime()) ?? 0;
        expect(found).toBeGreaterThan(from.getTime());
        expect(found - from.getTime()).toBeLessThanOrEqual(49 * 3_600_000);
        expect(found % 60_000).toBe(0);
        const wall = new Date(found).toLocaleTimeString("en-GB", {
          timeZone,
          hour: "2-digit",
          minute: "2-digit",
        });
        expect(wall).toBe(`${String(h).padStart(2, "0")}:${String(m).padStart(2, "0")}`);
      }),
    );
  });
});

describe("what is no cron expression", () => {
  test.each([
    ["four fields", "* * * *", "UTC", "has 4 fields"],
    ["a minute too many", "60 * * * *", "UTC", '"60" is no minute'],
    ["a range backwards", "* 9-8 * * *", "UTC", '"9-8" is no hour'],
    ["a step of nothing", "*/0 * * * *", "UTC", '"*/0" is no minute'],
    ["a name of nothing", "* * * foo *", "UTC", '"foo" is no month'],
    ["a time zone of nowhere", "* * * * *", "Mars/Olympus", '"Mars/Olympus" is no time zone'],
  ])("%s is named", (_what, cron, zone, sentence) => {
    expect(() => cronSchedule(cron, zone)).toThrow(sentence);
  });
});
