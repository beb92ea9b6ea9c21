import { expect, test } from "@jest/globals";
import { heals } from "../../lib/core/flow-error.ts";
import { classOfStatus } from "../../lib/core/http-status.ts";

test.each([
  [304, "client_error"],
  [400, "client_error"],
  [401, "client_error"],
  [408, "timeout"],
  [425, "server_error"],
  [429, "rate_limited"],
  [500, "server_error"],
  [599, "server_error"],
  [600, "client_error"],
] as const)("%i is %s", (status, expected) => {
  expect(classOfStatus(status)).toBe(expected);
});

test("408, 425, 429 and 5xx heal, nothing else does", () => {
  const healing = Array.from({ length: 500 }, (_, index) => index + 100).filter((status) =>
    heals(classOfStatus(status)),
  );
  expect(healing).toEqual([408, 425, 429, ...Array.from({ length: 100 }, (_, index) => 500 + index)]);
});
