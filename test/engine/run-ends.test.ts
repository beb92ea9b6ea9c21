import { describe, expect, test } from "@jest/globals";
import type { JournalEntry } from "../../lib/core/journal.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import { attempt, compiled } from "../support/engine-run.ts";

const START = Date.UTC(2026, 0, 2, 3, 4, 5);
const LIMITS = { longestWaitMs: 10_000 };
const HOUR = 3_600_000;

const call = (name: string, more: JsonObject = {}): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  output_to: name,
  ...more,
});
const answers = (...names: string[]) => names.map((name) => ({ url: `https://x.test/${name}`, body: name }));
const wait = (seconds: number): JsonObject => ({ type: "wait", seconds });
const statuses = (entries: readonly JournalEntry[]) => entries.map(({ path, status }) => `${path} ${status}`);

describe("a long wait", () => {
  const workflow = compiled({ steps: [call("a"), wait(3600), call("b")] });
  const http = answers("a", "b");

  test("leaves the invocation, with its end in the journal before that", async () => {
    const { end, segments, tail, clock } = await attempt({ workflow, http, limits: LIMITS });
    expect(end).toEqual({ kind: "paused", pause: { reason: "wait", dueAt: START + HOUR } });
    expect(segments.flat().at(-1)).toMatchObject({ path: "1", status: "waiting", dueAt: START + HOUR });
    expect([tail, clock.slept]).toEqual([[], []]);
  });

  test("is not begun anew, however often the run comes back before its end", async () => {
    const first = await attempt({ workflow, http, limits: LIMITS });
    first.clock.advance(HOUR / 2);
    const past = first.segments.flat();
    const second = await attempt({ workflow, http, past, clock: first.clock, limits: LIMITS });
    expect(second.end).toEqual(first.end);
    expect(second.entries).toEqual([]);
    first.clock.advance(HOUR / 2);
    const third = await attempt({ workflow, http, past, clock: first.clock, limits: LIMITS });
    expect(third.end.kind).toBe("succeeded");
    expect(third.entries[0]).toMatchObject({ path: "1", status: "ok", startedAt: START, durationMs: HOUR });
    expect(third.calls.map(({ url }) => url)).toEqual(["https://x.test/b"]);
  });

  test("that has little left is spent here", async () => {
    const first = await attempt({ workflow, http, limits: LIMITS });
    first.clock.advance(HOUR - 4_000);
    const past = first.segments.flat();
    const second = await attempt({ workflow, http, past, clock: first.clock, limits: LIMITS });
    expect([second.end.kind, second.clock.slept]).toEqual(["succeeded", [4_000]]);
  });

  test("is not part of the run's own time, also when it is spent here", async () => {
    const { end } = await attempt({ workflow, http, runUntil: START + 1_000 });
    expect(end.kind).toBe("succeeded");
  });
});

test("a short wait is spent here and leaves one entry", async () => {
  const { end, entries, clock } = await attempt({
    workflow: compiled({ steps: [wait(10)] }),
    limits: LIMITS,
  });
  expect([end.kind, statuses(entries), clock.slept]).toEqual(["succeeded", ["0 ok"], [10_000]]);
});

test("a short wait that this invocation cannot hold leaves it", async () => {
  const { end } = await attempt({
    workflow: compiled({ steps: [wait(9)] }),
    limits: { ...LIMITS, handOverAt: START + 8_000, freshMs: 900_000 },
  });
  expect(end).toEqual({ kind: "paused", pause: { reason: "wait", dueAt: START + 9_000 } });
});

describe("branches that wait", () => {
  const workflow = compiled({
    steps: [
      {
        type: "parallel",
        branches: { late: [wait(7200), call("a")], soon: [wait(3600), call("b")], now: [call("c")] },
      },
    ],
  });
  const http = answers("a", "b", "c");

  test("let the others end, and the run comes back for the earliest, then for the next", async () => {
    const first = await attempt({ workflow, http, limits: LIMITS });
    expect(first.end).toEqual({ kind: "paused", pause: { reason: "wait", dueAt: START + HOUR } });
    expect(first.calls.map(({ url }) => url)).toEqual(["https://x.test/c"]);
    first.clock.advance(HOUR);
    const past = [...first.segments.flat(), ...first.tail];
    const second = await attempt({ workflow, http, past, clock: first.clock, limits: LIMITS });
    expect(second.end).toEqual({ kind: "paused", pause: { reason: "wait", dueAt: START + 2 * HOUR } });
    expect(second.calls.map(({ url }) => url)).toEqual(["https://x.test/b"]);
    first.clock.advance(HOUR);
    const more = [...past, ...second.segments.flat(), ...second.tail];
    const third = await attempt({ workflow, http, past: more, clock: first.clock, limits: LIMITS });
    expect(third.end.kind).toBe("succeeded");
    expect(third.calls.map(({ url }) => url)).toEqual(["https://x.test/a"]);
  });
});

describe.each([
  ["a stop", { type: "stop", message: "enough" }, { kind: "succeeded", reason: "enough" }],
  ["a fail", { type: "fail", message: "enough" }, { kind: "failed", error: { message: "enough" } }],
])("%s beside others", (_what, ending, expected) => {
  test("does not wait for those that left", async () => {
    const workflow = compiled({
      steps: [{ type: "parallel", branches: { a: [wait(3600), call("a")], b: [call("b"), ending] } }],
    });
    const { end } = await attempt({ workflow, http: answers("b"), limits: LIMITS });
    expect(end).toMatchObject(expected);
  });

  test("begins no further item, and none goes on", async () => {
    const workflow = compiled({
      steps: [
        {
          type: "for_each",
          input_from: "ids",
          item_scope: "isolated",
          concurrency: 2,
          steps: [
            { type: "if_else", if: { conditions: [{ field: "item", op: "eq", value: 2 }], steps: [ending] } },
            call("a"),
          ],
        },
      ],
    });
    const { end, calls } = await attempt({
      workflow,
      event: { ids: [1, 2, 3, 4] },
      http: [{ url: "https://x.test/a", body: 1, delay_seconds: 5 }],
    });
    expect(end).toMatchObject(expected);
    expect(calls.length).toBeLessThanOrEqual(1);
  });

  test("wakes a retry that waits", async () => {
    const workflow = compiled({
      steps: [
        {
          type: "parallel",
          branches: { a: [call("a", { retries: 5, backoff_seconds: 600 })], b: [wait(1), ending] },
        },
      ],
    });
    const { end, calls, clock } = await attempt({
      workflow,
      http: [{ url: "https://x.test/a", status: 503 }],
    });
    expect(end).toMatchObject(expected);
    expect([calls.length, clock.now() - START]).toEqual([1, 1_000]);
  });
});

describe("a run that was stopped and not yet finished when its process died", () => {
  const workflow = compiled({
    steps: [
      {
        type: "for_each",
        input_from: "ids",
        item_scope: "isolated",
        steps: [
          { type: "stop", when: [{ field: "item", op: "eq", value: 2 }], message: "enough" },
          call("a"),
          call("b"),
        ],
      },
      call("c"),
    ],
  });
  const event = { ids: [1, 2, 3] };

  test("stays stopped: nothing that had not begun begins", async () => {
    const first = await attempt({ workflow, event, http: answers("a") });
    const stop = first.entries.filter(({ path }) => path === "0.items.1.0");
    expect(stop).toMatchObject([{ status: "stopped" }]);
    const second = await attempt({ workflow, event, past: stop });
    expect(second.end).toMatchObject({ kind: "succeeded", reason: "enough" });
    expect(second.calls).toEqual([]);
  });
});

describe("values that double", () => {
  const doubling = (value: string, more: JsonObject = {}) =>
    compiled({
      steps: Array.from({ length: 40 }, () => ({ type: "set", values: { x: JSON.parse(value) } })),
      ...more,
    });

  test.each([
    ["text", '"${x}${x}"', "invalid_input"],
    ["lists that hold the same twice", '["${x}", "${x}"]', "invalid_output"],
  ])("end the run where they are too large to be worked on: %s", async (_about, value, errorClass) => {
    const { end } = await attempt({ workflow: doubling(value), event: { x: "abc".repeat(1_000_000) } });
    expect(end).toMatchObject({ kind: "failed", heals: false, error: { class: errorClass } });
    expect(end).toMatchObject({ error: { message: expect.stringContaining("more than 64 MB") } });
  });

  test("end it in its output too", async () => {
    const output = { twice: ["${x}", "${x}"] };
    const workflow = compiled({ steps: [], output });
    const { end } = await attempt({ workflow, event: { x: "a".repeat(40_000_000) } });
    expect(end).toMatchObject({ kind: "failed", error: { class: "invalid_output", step: null } });
  });
});
