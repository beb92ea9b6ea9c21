import { describe, expect, test } from "@jest/globals";
import { disposeOf } from "../../lib/app/dispose-of.ts";

const redelivery = { maxReceiveCount: 5, baseSeconds: 30 };
const failed = (heals: boolean, retryAfterMs = 0) => ({
  kind: "failed" as const,
  error: { step: "2", class: "server_error" as const, message: "503", details: {} },
  heals,
  retryAfterMs,
});
const dead = { kind: "dead_letter", reason: { class: "server_error", message: "503", step: "2" } };

describe("the message of a run", () => {
  test("that ended well, was dropped or goes on later is done with", () => {
    for (const end of [
      { kind: "succeeded" as const },
      { kind: "dropped" as const, reason: "" },
      { kind: "paused" as const, pause: { reason: "hand_over" as const } },
    ])
      expect(disposeOf(end, 1, redelivery)).toEqual({ kind: "ack" });
  });

  test.each([
    [1, 30],
    [2, 60],
    [3, 120],
    [4, 240],
  ])("whose failure heals comes back after failure %i in %i s", (failures, seconds) => {
    expect(disposeOf(failed(true), failures, redelivery)).toEqual({ kind: "give_back", seconds });
  });

  test.each([
    [100_001, 101],
    [10_000, 30],
    [86_400_000, 900],
  ])(
    "comes back when a Retry-After of %i ms is over, in %i s: not sooner than without, not later than 15 minutes",
    (retryAfterMs, seconds) => {
      expect(disposeOf(failed(true, retryAfterMs), 1, redelivery)).toEqual({ kind: "give_back", seconds });
    },
  );

  test("is dead with the reason at the last delivery, and at the first where nothing heals", () => {
    expect(disposeOf(failed(true), 5, redelivery)).toEqual(dead);
    expect(disposeOf(failed(false), 1, redelivery)).toEqual(dead);
  });
});
