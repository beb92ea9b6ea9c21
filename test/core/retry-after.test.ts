import { expect, test } from "@jest/globals";
import { parseRetryAfter } from "../../lib/core/retry-after.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

test.each([
  ["0", 0],
  ["120", 120_000],
  [" 5 ", 5_000],
  ["1.5", 1_500],
  ["Fri, 02 Jan 2026 03:05:05 GMT", 60_000],
  ["Friday, 02-Jan-26 03:05:05 GMT", 60_000],
  ["Fri, 02 Jan 2026 03:00:00 GMT", 0],
])("%j is %d ms", (header, expected) => {
  expect(parseRetryAfter(header, NOW)).toBe(expected);
});

test.each([undefined, "", "soon", "-5", "7 apples", "12:00:00", "Fri, 99 Foo 2026 03:05:05 GMT"])(
  "%j is no wait",
  (header) => {
    expect(parseRetryAfter(header, NOW)).toBeUndefined();
  },
);
