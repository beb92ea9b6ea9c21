import { expect, test } from "@jest/globals";
import { timingsOf } from "../../lib/app/timings.ts";

const lengths = Array.from({ length: 900 }, (_, seconds) => (seconds + 1) * 1000);

test("whatever an invocation's length, most of it is there for work", () => {
  for (const ms of lengths) expect(timingsOf(ms).handOverMarginMs).toBeLessThanOrEqual(ms / 4);
});

test("nobody looks after a run before its lease can be over", () => {
  for (const ms of lengths) {
    const { lookAfterMs, leaseMarginMs } = timingsOf(ms);
    expect(lookAfterMs).toBeGreaterThan(ms + leaseMarginMs);
  }
});

test("an invocation of 15 minutes has time for three slow requests at its end", () => {
  expect(timingsOf(900_000)).toEqual({
    invocationMs: 900_000,
    leaseMarginMs: 5_000,
    handOverMarginMs: 15_000,
    lookAfterMs: 1_200_000,
    wakeMarginMs: 60_000,
  });
});
