import { expect, test } from "@jest/globals";
import { pointInTime } from "../../lib/steps/point-in-time.ts";

const NOON = Date.UTC(2026, 0, 2, 12);

test.each([
  ["2026-01-02T12:00:00Z", NOON],
  ["2026-01-02T12:00:00.250z", NOON + 250],
  ["2026-01-02 12:00", NOON],
  ["2026-01-02T14:00:00+02:00", NOON],
  ["2026-01-02T07:00-0500", NOON],
  ["2026-01-02", NOON - 43_200_000],
  [NOON / 1000, NOON],
  [NOON, NOON],
  [String(NOON / 1000), NOON],
  [JSON.rawJSON(`${NOON / 1000}.000000000000000001`), NOON],
])("%j is a time, in UTC where it names no offset", (value, ms) => {
  expect(pointInTime(value)).toBe(ms);
});

test.each([["yesterday"], ["Jan 2 2026"], ["2026-01-32"], ["12:00"], [""], [null], [true], [[NOON]]])(
  "%j is none",
  (value) => {
    expect(pointInTime(value)).toBeNaN();
  },
);
