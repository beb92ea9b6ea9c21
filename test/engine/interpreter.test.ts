import { describe, expect, test } from "@jest/globals";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { JournalEntry } from "../../lib/core/journal.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import type { Clock } from "../../lib/core/ports/clock.ts";
import type { Workflow } from "../../lib/core/workflow.ts";
import { virtualClock } from "../../lib/testing/virtual-clock.ts";
import { attempt, compiled } from "../support/engine-run.ts";

const START = Date.UTC(2026, 0, 2, 3, 4, 5);
const MISSING = "${nowhere}";
const ITEM = "${item}";
const TOKEN = "${env:TOKEN}";
const LIMITS = { longestWaitMs: 10_000 };

const call = (name: string, more: JsonObject = {}): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  output_to: name,
  ...more,
});
const answer = (name: string): Json => ({ url: `https://x.test/${name}`, body: name });
const set = (values: JsonObject, more: JsonObject = {}): JsonObject => ({ type: "set", values, ...more });
const wait: JsonObject = { type: "wait", seconds: 3600 };
const branch = (steps: JsonObject[], more: JsonObject = {}): JsonObject => ({
  type: "if_else",
  if: { conditions: [], steps },
  ...more,
});
const each = (steps: JsonObject[], more: JsonObject = {}): JsonObject => ({
  type: "for_each",
  input_from: "ids",
  steps,
  ...more,
});
const statuses = (entries: readonly JournalEntry[]) => entries.map(({ path, status }) => `${path} ${status}`);
const stored = ({ segments, tail }: Awaited<ReturnType<typeof attempt>>) => [...segments.flat(), ...tail];

describe("a step with when", () => {
  const when = [{ field: "vip", op: "eq", value: true }];

  test("is skipped where it does not hold, in one entry without an attempt", async () => {
    const workflow = compiled({ steps: [set({ n: 1 }, { when }), set({ n: 2 }, { when: [] })] });
    const { entries, state } = await attempt({ workflow, event: { vip: false } });
    expect(entries[0]).toMatchObject({ path: "0", status: "skipped", attempts: 0, patch: [] });
    expect([statuses(entries), state.n]).toEqual([["0 skipped", "1 ok"], 2]);
  });

  test("is not asked again once it was entered, skipped or waits, whatever the state is by then", async () => {
    const hidden = set({ vip: false });
    const workflow = compiled({ steps: [branch([hidden, wait], { when }), set({ n: 1 }, { when })] });
    const first = await attempt({ workflow, event: { vip: true }, limits: LIMITS });
    expect(first.end).toMatchObject({ kind: "paused" });
    first.clock.advance(3_600_000);
    const past = stored(first);
    const second = await attempt({
      workflow,
      event: { vip: false },
      past,
      clock: first.clock,
      limits: LIMITS,
    });
    expect(statuses(second.entries)).toEqual(["0.if.1 ok", "0 ok", "1 skipped"]);
    const third = await attempt({ workflow, event: { vip: true }, past: [...past, ...stored(second)] });
    expect(statuses(third.entries)).toEqual([]);
    const parked = compiled({ steps: [{ ...wait, when }] });
    const before = await attempt({ workflow: parked, event: { vip: true }, limits: LIMITS });
    const after = await attempt({ workflow: parked, event: {}, past: stored(before), limits: LIMITS });
    expect([after.end, after.entries]).toEqual([before.end, []]);
  });

  test("has its gaps in its entry, and fails by them in a strict workflow", async () => {
    const gap = [{ field: "a", op: "eq", value: MISSING }];
    const steps = [{ type: "print", id: "say", text: "x", when: gap }];
    const { entries } = await attempt({ workflow: compiled({ steps }), event: { a: 1 } });
    expect(entries).toMatchObject([{ status: "skipped", warnings: ["${nowhere} resolves to nothing"] }]);
    const { end } = await attempt({ workflow: compiled({ strict: true, steps }), event: { a: 1 } });
    const message =
      "${nowhere} resolves to nothing, and the workflow is strict. Give it a default: ${nowhere, …}";
    expect(end).toMatchObject({
      kind: "failed",
      error: { step: "0", id: "say", class: "invalid_input", message, details: { attempts: 0 } },
    });
  });

  test("reads fields and values of its own place, reserved names first", async () => {
    const same = [{ field: "item", op: "eq", value: "${run.id}" }];
    const workflow = compiled({ steps: [each([set({ found: ITEM }, { when: same })])] });
    const { state } = await attempt({ workflow, event: { ids: ["x", "run-1"], run: { id: "x" } } });
    expect(state.found).toBe("run-1");
  });
});

describe("a run that comes back", () => {
  test.each([
    ["dropped by a filter", { type: "filter", conditions: [{ field: "x", op: "exists" }] }, "dropped"],
    ["stopped by its file", { type: "stop", message: "enough" }, "succeeded"],
  ])("%s ends as it did, with why, and does nothing more", async (_about, last, kind) => {
    const workflow = compiled({ steps: [call("a"), last, call("never")] });
    const first = await attempt({ workflow, http: [answer("a")] });
    const { end, entries, calls } = await attempt({ workflow, past: stored(first) });
    expect(end).toEqual(first.end);
    expect(end).toMatchObject({ kind, reason: expect.stringMatching(/./) });
    expect([entries, calls]).toEqual([[], []]);
  });

  test("finds the state as its steps left it, also those of branches and loops", async () => {
    const steps = [
      branch([set({ a: 1 }), set({ b: 2 })], { output_to: "taken" }),
      each([set({ c: ITEM })], { output_to: "results", result_from: "c" }),
      each([set({ lost: ITEM })], { item_scope: "isolated", output_to: "others", result_from: "lost" }),
      wait,
      set({ all: ["${a}", "${b}", "${c}", "${lost, none}", "${taken}", "${results}", "${others}"] }),
    ];
    const workflow = compiled({ steps });
    const first = await attempt({ workflow, event: { ids: [7, 8] }, limits: LIMITS });
    first.clock.advance(3_600_000);
    const { state } = await attempt({
      workflow,
      event: { ids: [7, 8] },
      past: stored(first),
      clock: first.clock,
      limits: LIMITS,
    });
    expect(state.all).toEqual([1, 2, 8, "none", first.state.taken, [7, 8], [7, 8]]);
  });
});

test("a template reads the environment, and an item's result is what its steps wrote where no other is asked for", async () => {
  const steps = [set({ token: TOKEN, n: ITEM })];
  const loop = each(steps, { item_scope: "isolated", output_to: "all" });
  const workflow = compiled({ environment: ["TOKEN"], steps: [loop] });
  const { state } = await attempt({ workflow, event: { ids: [1] }, env: { TOKEN: "t-1" } });
  expect(state.all).toEqual([{ token: "t-1", n: 1 }]);
});

test("a step type that this version has not is named", async () => {
  const { steps, ...others } = compiled({ steps: [{ type: "print", id: "say", text: "x" }] });
  const workflow: Workflow = { ...others, steps: steps.map((step) => ({ ...step, type: "sing" })) };
  const { end, entries } = await attempt({ workflow });
  expect(end).toMatchObject({
    kind: "failed",
    error: {
      step: "0",
      id: "say",
      class: "config_error",
      message: 'this version of Hookline has no step type "sing"',
      details: { attempts: 0 },
    },
  });
  expect(entries).toEqual([]);
});

describe("time that is over", () => {
  const print: JsonObject = { type: "print", text: "x" };

  test("of the run ends it before a step, that of the invocation hands it over", async () => {
    const workflow = compiled({ timeout: 60, steps: [print] });
    const over = await attempt({ workflow, runUntil: START });
    const message = "the run took longer than its timeout of 60 seconds";
    expect(over.end).toMatchObject({ kind: "failed", error: { step: "0", class: "timeout", message } });
    expect((await attempt({ workflow, runUntil: START + 1 })).end.kind).toBe("succeeded");
    const limits = { handOverAt: START, freshMs: 900_000 };
    expect((await attempt({ workflow, limits })).end).toEqual({
      kind: "paused",
      pause: { reason: "hand_over" },
    });
    const later = { ...limits, handOverAt: START + 1 };
    expect((await attempt({ workflow, limits: later })).end.kind).toBe("succeeded");
  });

  test("of a poisoned run spares control steps: what kills the process is in them", async () => {
    const poison = new FlowError("internal", "died twice");
    const workflow = compiled({ steps: [branch([print], { swallow_on_error: true })] });
    const { end } = await attempt({ workflow, poison });
    expect(end).toMatchObject({ kind: "failed", error: { step: "0.if.0", message: "died twice" } });
  });

  test("of a cancelled run lets a control step that was entered be entered again, for the state, and ends it there", async () => {
    const workflow = compiled({
      steps: [branch([set({ a: 1 }), wait, call("never")], { swallow_on_error: true }), call("never")],
    });
    const first = await attempt({ workflow, limits: LIMITS });
    const signal = AbortSignal.abort(new FlowError("cancelled", "somebody cancelled the run"));
    const { end, state, calls } = await attempt({
      workflow,
      past: stored(first),
      clock: first.clock,
      limits: LIMITS,
      signal,
    });
    expect(end).toMatchObject({
      kind: "cancelled",
      error: { step: "0.if.1", class: "cancelled", details: { attempts: 0 } },
    });
    expect([state.a, calls]).toEqual([1, []]);
    const fresh = await attempt({ workflow, signal });
    expect(fresh.end).toMatchObject({ kind: "cancelled", error: { step: "0" } });
  });
});

describe("a long walk of steps without a wait", () => {
  /** A clock on which every look takes a millisecond, and the pauses that were asked of it. */
  function busyClock(msPerLook: number) {
    let time = START;
    const pauses: number[] = [];
    const clock: Clock = {
      ...virtualClock(),
      now() {
        time += msPerLook;
        return time;
      },
      sleep: async (ms) => void pauses.push(ms),
    };
    return { clock, pauses };
  }
  const workflow = (count: number) =>
    compiled({ steps: Array.from({ length: count }, (_none, n) => set({ n })) });

  test("gives its neighbours their turn every ten milliseconds, not more often", async () => {
    const { clock, pauses } = busyClock(1);
    await attempt({ workflow: workflow(60), ports: { clock } });
    const looks = clock.now() - START;
    expect(new Set(pauses)).toEqual(new Set([0]));
    expect(pauses.length).toBeGreaterThan(looks / 20);
    expect(pauses.length).toBeLessThan(looks / 8);
  });

  test("needs none where it takes no time, or is one step long", async () => {
    const still = busyClock(0);
    await attempt({ workflow: workflow(60), ports: { clock: still.clock } });
    const one = busyClock(1);
    await attempt({ workflow: workflow(1), ports: { clock: one.clock } });
    expect([still.pauses, one.pauses]).toEqual([[], []]);
  });
});

describe("an item that failed", () => {
  const down = { url: "https://x.test/1", status: 410 };
  const event = { ids: [1, 2] };

  test("and is accepted has an entry of its own, and is not tried again when the run comes back", async () => {
    const loop = each([call(ITEM, { output_to: "x" })], {
      item_scope: "isolated",
      on_item_error: "continue",
      output_to: "all",
    });
    const workflow = compiled({ steps: [loop, wait] });
    const http = [down, answer("2")];
    const first = await attempt({ workflow, event, http, limits: LIMITS });
    const kept = first.entries.find(({ path }) => path === "0.items.0");
    expect(kept).toMatchObject({
      status: "failed",
      handled: true,
      attempts: 1,
      error: { step: "0.items.0.0", class: "client_error" },
    });
    // The loop itself has no entry yet: its process died.
    const past = first.entries.filter(({ path }) => path !== "0" && path !== "1");
    const again = await attempt({ workflow, event, past, limits: LIMITS });
    expect([again.calls, again.state.all]).toEqual([[], first.state.all]);
    expect(statuses(again.entries)).toEqual(["0 ok", "1 waiting"]);
  });

  test("and is accepted leaves behind what its steps wrote before, also when the run comes back", async () => {
    const steps = [set({ trail: "${trail, }${item}" }), call(ITEM, { output_to: "x" })];
    const workflow = compiled({ steps: [each(steps, { on_item_error: "continue" })] });
    const http = [down, answer("2")];
    const first = await attempt({ workflow, event, http });
    expect(first.state.trail).toBe("12");
    const past = first.entries.filter(({ path }) => path.startsWith("0.items.0"));
    const again = await attempt({ workflow, event, past, http: [answer("2")] });
    expect([again.state.trail, again.end.kind]).toEqual(["12", "succeeded"]);
  });

  test("while another one waits has failed for this delivery: it keeps its place and its words", async () => {
    const steps = [
      call(ITEM, { output_to: "x", when: [{ field: "item", op: "eq", value: 1 }] }),
      { ...wait, when: [{ field: "item", op: "eq", value: 2 }] },
    ];
    const workflow = compiled({ steps: [each(steps, { item_scope: "isolated" })] });
    const first = await attempt({ workflow, event, http: [down], limits: LIMITS });
    expect(first.end).toMatchObject({ kind: "paused", pause: { reason: "wait" } });
    const kept = first.entries.find(({ path }) => path === "0.items.0");
    expect(kept).toMatchObject({ status: "failed", delivery: 0, error: { step: "0.items.0.0" } });
    first.clock.advance(3_600_000);
    const { end, calls } = await attempt({
      workflow,
      event,
      past: stored(first),
      clock: first.clock,
      limits: LIMITS,
    });
    expect(calls).toEqual([]);
    expect(end).toMatchObject({
      kind: "failed",
      error: { step: "0.items.0.0", class: "client_error", id: "http_call_1" },
    });
  });
});
