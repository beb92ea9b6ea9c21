import { describe, expect, test } from "@jest/globals";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import { attempt, compiled } from "../support/engine-run.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const call = (name: string, more: JsonObject = {}): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  output_to: "x",
  ...more,
});
const answers = (name: string, ...all: JsonObject[]): Json => ({
  url: `https://x.test/${name}`,
  answers: all,
});

describe("retries that wait long, of items that run at once", () => {
  const workflow = compiled({
    steps: [
      {
        type: "for_each",
        input_from: "names",
        item_scope: "isolated",
        steps: [{ ...call("${item}"), retries: 3, backoff_seconds: 60 }],
      },
    ],
  });
  const event = { names: ["soon", "late"] };
  const limits = { longestWaitMs: 10_000 };

  test("each wait their own time, though the run comes back for the first of them", async () => {
    const http = [
      answers("soon", { status: 503 }, { body: 1 }),
      answers("late", { status: 429, headers: { "retry-after": "900" } }, { body: 2 }),
    ];
    const first = await attempt({ workflow, event, http, limits });
    if (first.end.kind !== "paused" || first.end.pause.reason !== "wait") throw new Error(first.end.kind);
    first.clock.advance(first.end.pause.dueAt - NOW);
    const second = await attempt({
      workflow,
      event,
      http: [answers("soon", { body: 1 })],
      limits,
      past: first.tail,
      clock: first.clock,
    });
    expect(second.calls.map(({ url }) => url)).toEqual(["https://x.test/soon"]);
    expect(second.end).toEqual({ kind: "paused", pause: { reason: "wait", dueAt: NOW + 900_000 } });
  });
});

describe("the attempts that failed", () => {
  const workflow = compiled({ steps: [call("a", { retries: 2, backoff: "constant", backoff_seconds: 60 })] });
  const bad = { status: 503, headers: { "retry-after": "100" } };

  test("are kept by class, status and the wait behind them", async () => {
    const http = [answers("a", bad, { error: "connection" }, { body: 1 })];
    const { entries } = await attempt({ workflow, http });
    expect(entries).toMatchObject([
      {
        status: "ok",
        attempts: 3,
        failedAttempts: [
          { class: "server_error", status: 503, waitMs: 100_000 },
          { class: "connection", waitMs: expect.any(Number) },
        ],
      },
    ]);
  });

  test("are kept over a wait in the queue, and the last one is the step's failure", async () => {
    const limits = { longestWaitMs: 10_000 };
    const first = await attempt({ workflow, http: [answers("a", bad)], limits });
    first.clock.advance(100_000);
    const more = { workflow, limits, clock: first.clock };
    const second = await attempt({ ...more, past: first.tail, http: [answers("a", { status: 500 })] });
    second.clock.advance(60_000);
    const past = [...first.tail, ...second.tail];
    const third = await attempt({ ...more, past, http: [answers("a", { status: 502 })] });
    expect(third.entries.at(-1)).toMatchObject({
      status: "failed",
      failedAttempts: [{ status: 503 }, { status: 500 }],
      error: { details: { status: 502, attempts: 3 } },
    });
  });

  test("are none where the first one succeeds", async () => {
    const { entries } = await attempt({ workflow, http: [answers("a", { body: 1 })] });
    expect(entries[0]).not.toHaveProperty("failedAttempts");
  });
});

describe("when the invocation ends between two attempts", () => {
  const http = [answers("a", { status: 503, delay_seconds: 500 }, { body: 1, delay_seconds: 500 })];
  const limits = { handOverAt: NOW + 885_000, freshMs: 885_000 };
  const file = (more: JsonObject) =>
    compiled({ steps: [call("a", { timeout: 600, retries: 1, backoff_seconds: 1, ...more })] });

  test("an attempt that would be cut short is left to a fresh one, and those so far count", async () => {
    const { end, tail, calls } = await attempt({ workflow: file({}), http, limits });
    expect(end).toEqual({ kind: "paused", pause: { reason: "hand_over" } });
    expect(tail).toMatchObject([{ status: "retrying", attempts: 1 }]);
    expect(calls).toHaveLength(1);
  });

  test("so the outcome of a call that may be made once stays known", async () => {
    const workflow = file({ effect: "at_most_once" });
    const { segments, tail } = await attempt({ workflow, http, limits });
    const past = [...segments.flat(), ...tail];
    const second = await attempt({ workflow, past, http: [answers("a", { body: 1 })] });
    expect(second.end.kind).toBe("succeeded");
  });

  test("an attempt that is cut short all the same does not undo the count", async () => {
    const workflow = file({ timeout: 1000 });
    const longer = { handOverAt: NOW + 885_000, freshMs: 500_000 };
    const { end, tail } = await attempt({ workflow, http, limits: longer });
    expect(end).toEqual({ kind: "paused", pause: { reason: "hand_over" } });
    expect(tail).toMatchObject([{ status: "retrying", attempts: 1 }]);
  });
});

describe("a call that may be made once", () => {
  test.each(["timeout", "connection"])(
    "and ended with %s is not made again: its outcome is unknown",
    async (error) => {
      const workflow = compiled({ steps: [call("a", { effect: "at_most_once", retries: 2 })] });
      const { end, calls } = await attempt({
        workflow,
        http: [answers("a", { error })],
        lastDelivery: false,
      });
      expect(end).toMatchObject({
        kind: "failed",
        heals: false,
        error: {
          class: "unknown_outcome",
          step: "0",
          message: expect.stringMatching(/ended without an answer \(.+\).*at_most_once/),
        },
      });
      expect(calls).toHaveLength(1);
    },
  );

  test("and was refused is made again, as its retries say", async () => {
    const workflow = compiled({ steps: [call("a", { effect: "at_most_once", retries: 1 })] });
    const { end, calls } = await attempt({ workflow, http: [answers("a", { status: 503 }, { body: 1 })] });
    expect([end.kind, calls.length]).toEqual(["succeeded", 2]);
  });
});

test("a loop that is tried again begins with the state that it began with, whatever its steps wrote over it", async () => {
  const steps = [{ ...call("${item}") }, { type: "set", values: { ids: "gone" } }];
  const workflow = compiled({ steps: [{ type: "for_each", input_from: "ids", retries: 1, steps }] });
  const http = [answers("a", { body: 1 }), answers("b", { status: 503 }, { body: 1 })];
  const { end, state, calls } = await attempt({ workflow, event: { ids: ["a", "b"] }, http });
  expect([end.kind, state.ids, calls.length]).toEqual(["succeeded", "gone", 3]);
});
