import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { RetryRule } from "../../lib/core/workflow.ts";
import { backoffMs, mayRetry } from "../../lib/engine/backoff.ts";

const rule: RetryRule = {
  retries: 3,
  backoffSeconds: 2,
  backoff: "exponential",
  maxBackoffSeconds: 900,
  retryOn: ["timeout", "server_error"],
};
const ALMOST_ONE = 1 - 2 ** -53;

describe("the wait before a retry", () => {
  test.each([
    [1, 2_000],
    [2, 4_000],
    [3, 8_000],
    [10, 900_000],
  ])("doubles: before retry %i at most %i ms", (retry, ms) => {
    expect(backoffMs(rule, retry, ALMOST_ONE)).toBe(ms);
  });

  test("is constant when the file says so", () => {
    expect(backoffMs({ ...rule, backoff: "constant" }, 7, ALMOST_ONE)).toBe(2_000);
  });

  test("lies between 50 and 100 % of that, whatever chance says", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.double({ min: 0, max: ALMOST_ONE, noNaN: true }),
        (retry, chance) => {
          const full = Math.min(2_000 * 2 ** (retry - 1), 900_000);
          const ms = backoffMs(rule, retry, chance);
          expect(ms).toBeGreaterThanOrEqual(full / 2);
          expect(ms).toBeLessThanOrEqual(full);
        },
      ),
    );
  });

  test("is raised by Retry-After, never lowered", () => {
    expect(backoffMs(rule, 1, 0, 60_000)).toBe(60_000);
    expect(backoffMs(rule, 1, 0, 5)).toBe(1_000);
  });

  test.each([1e23, Number.POSITIVE_INFINITY])("is a year at most, though %d ms are asked for", (ms) => {
    expect(backoffMs(rule, 1, 0, ms)).toBe(31_536_000_000);
  });
});

describe("another attempt", () => {
  test("follows a class in retry_on while retries are left", () => {
    const error = new FlowError("timeout", "slow");
    expect([1, 2, 3, 4].map((made) => mayRetry(rule, made, error))).toEqual([true, true, true, false]);
  });

  test("does not follow another class", () => {
    expect(mayRetry(rule, 1, new FlowError("client_error", "bad"))).toBe(false);
  });
});
