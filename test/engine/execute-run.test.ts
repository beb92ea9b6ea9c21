import { describe, expect, test } from "@jest/globals";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { JournalEntry } from "../../lib/core/journal.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import { attempt, compiled } from "../support/engine-run.ts";

const START = Date.UTC(2026, 0, 2, 3, 4, 5);
const ITEM = "${item}";
const NAME = "${env:TOKEN}";
const LIMITS = { longestWaitMs: 10_000 };

const call = (name: string, more: JsonObject = {}): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  output_to: name,
  ...more,
});
const answer = (name: string): Json => ({ url: `https://x.test/${name}`, body: name });
const fail: JsonObject = { type: "fail", message: "no" };
const wait: JsonObject = { type: "wait", seconds: 3600 };
const refused = { step: "0", id: "fail_1", class: "refused", message: "no" };
const paths = (entries: readonly JournalEntry[]) => entries.map(({ path }) => path);
const urls = (calls: readonly JsonObject[]) =>
  calls.map(({ url }) => String(url).replace("https://x.test/", ""));

describe("a run ends", () => {
  test("as succeeded after its last step, and Python is told that it is over", async () => {
    const ended: string[] = [];
    const python = {
      run: () => Promise.reject(new Error("no Python here")),
      endRun: (runId: string) => void ended.push(runId),
    };
    const workflow = compiled({ steps: [] });
    const { end } = await attempt({ workflow, ports: { python } });
    expect([end, ended]).toStrictEqual([{ kind: "succeeded" }, ["run-1"]]);
    const append = () => Promise.reject(new Error("no store"));
    const struck = attempt({
      workflow: compiled({ steps: [call("a"), wait] }),
      http: [answer("a")],
      append,
      limits: LIMITS,
      ports: { python },
    });
    await expect(struck).rejects.toThrow("no store");
    expect(ended).toEqual(["run-1", "run-1"]);
  });

  test("as dropped, with why", async () => {
    const filter = { type: "filter", conditions: [{ field: "x", op: "exists" }] };
    const { end } = await attempt({ workflow: compiled({ steps: [filter] }) });
    expect(end).toEqual({ kind: "dropped", reason: expect.stringContaining("x") });
  });

  test("with its output, whose gaps are told in the log", async () => {
    const workflow = compiled({ output: { a: "${a}", b: "${b}" }, steps: [] });
    const { end, log } = await attempt({ workflow, event: { a: 1 } });
    expect(end).toEqual({ kind: "succeeded", output: { a: 1, b: null } });
    expect(log).toMatchObject([
      { level: "warn", message: expect.stringMatching(/^output: \$\{b\} resolves to nothing/) },
    ]);
  });

  test("as failed where its output cannot be made, though it was stopped before its last step", async () => {
    const steps = [{ type: "stop", message: "enough" }];
    const { end } = await attempt({ workflow: compiled({ strict: true, output: "${b}", steps }) });
    const message = expect.stringMatching(/^output: \$\{b\} resolves to nothing/);
    const error = { step: null, class: "invalid_input", message, details: {} };
    expect(end).toEqual({ kind: "failed", error, heals: false, retryAfterMs: 0 });
  });

  test("as cancelled where somebody cancelled it, without on_failure", async () => {
    const workflow = compiled({ steps: [call("a")], on_failure: [call("alarm")] });
    const signal = AbortSignal.abort(new FlowError("cancelled", "somebody cancelled the run"));
    const { end, calls } = await attempt({ workflow, signal });
    const error = { step: "0", class: "cancelled", message: "somebody cancelled the run" };
    expect(end).toMatchObject({ kind: "cancelled", error });
    expect(calls).toEqual([]);
  });
});

describe("what the environment lacks", () => {
  test.each([
    [["TOKEN"], "the workflow reads TOKEN, which has no value in this stage. Set it in .env"],
    [["TOKEN", "KEY"], "the workflow reads TOKEN, KEY, which have no value in this stage. Set them in .env"],
  ])("ends a run before its first step: %j", async (environment, words) => {
    const text = environment.map((name) => NAME.replace("TOKEN", name)).join();
    const workflow = compiled({ environment, steps: [{ type: "print", text }], on_failure: [call("alarm")] });
    const { end, calls } = await attempt({ workflow, http: [answer("alarm")] });
    const message = `${words} on a laptop, as secrets of a deployed stage, or declare a default under "environment"`;
    const error = { step: null, class: "config_error", message, details: { missing: environment } };
    expect(end).toEqual({ kind: "failed", error, heals: false, retryAfterMs: 0 });
    expect(urls(calls)).toEqual(["alarm"]);
  });

  test("ends a chunk, whose run has the on_failure", async () => {
    const loop = { type: "for_each", id: "each", input_from: "ids", steps: [{ type: "print", text: NAME }] };
    const workflow = compiled({ environment: ["TOKEN"], steps: [loop], on_failure: [call("alarm")] });
    const state = { state: {}, event: {}, request: {}, run: {} };
    const part = { step: "each", path: "0", from: 0, items: ["a"], state };
    const { end, calls } = await attempt({ workflow, part });
    expect(end).toMatchObject({ kind: "failed", error: { details: { missing: ["TOKEN"] } }, heals: false });
    expect(calls).toEqual([]);
    const { end: worked, entries } = await attempt({ workflow, part, env: { TOKEN: "t" } });
    expect([worked.kind, paths(entries)]).toEqual(["succeeded", ["0.items.0.0"]]);
  });
});

describe("on_failure", () => {
  const workflow = compiled({ steps: [fail], on_failure: [call("a"), call("b")] });
  const http = [answer("a"), answer("b")];

  test("begins behind a marker with the run's error, which is stored before its first effect", async () => {
    const { end, segments } = await attempt({ workflow, http });
    expect(end).toEqual({
      kind: "failed",
      error: { ...refused, details: expect.any(Object) },
      heals: false,
      retryAfterMs: 0,
    });
    expect(segments[0]).toEqual([
      expect.objectContaining({ path: "0", status: "failed" }),
      {
        path: "on_failure",
        id: "on_failure",
        type: "on_failure",
        status: "ok",
        startedAt: START,
        durationMs: 0,
        attempts: 0,
        patch: [],
        error: { ...refused, details: expect.any(Object) },
      },
    ]);
    expect(segments.flat().map(({ path }) => path)).toEqual(["0", "on_failure", "on_failure.0"]);
  });

  test("goes on where it was cut off, without a step of the run and with the error that it had", async () => {
    const first = await attempt({ workflow, http });
    const past = first.segments.flat();
    const patient = compiled({ steps: [call("never")], on_failure: [call("a"), call("b")] });
    const { end, calls, entries } = await attempt({ workflow: patient, past, http: [answer("b")] });
    expect([end, urls(calls), paths(entries)]).toEqual([first.end, ["b"], ["on_failure.1"]]);
  });

  test("has a place of its own after each redrive", async () => {
    const first = await attempt({ workflow, http });
    const past = [...first.segments.flat(), ...first.tail];
    const { calls, entries } = await attempt({ workflow, http, past, redrives: 2 });
    expect(paths(entries)).toEqual(["0", "on_failure@2", "on_failure@2.0", "on_failure@2.1"]);
    expect(urls(calls)).toEqual(["a", "b"]);
  });

  test("may wait, and comes back to the state that it had begun with", async () => {
    const loop = {
      type: "for_each",
      input_from: "ids",
      steps: [{ type: "set", values: { ids: [9] } }, wait, call(ITEM, { output_to: "x" })],
    };
    const waiting = compiled({ steps: [fail], on_failure: [loop] });
    const event = { ids: ["a"] };
    const first = await attempt({ workflow: waiting, event, limits: LIMITS });
    expect(first.end).toEqual({ kind: "paused", pause: { reason: "wait", dueAt: START + 3_600_000 } });
    first.clock.advance(3_600_000);
    const { end, calls } = await attempt({
      workflow: waiting,
      event,
      past: first.segments.flat(),
      clock: first.clock,
      http,
      limits: LIMITS,
    });
    expect([end.kind, urls(calls)]).toEqual(["failed", ["a"]]);
  });

  test("is not what a run died of that ends as poison: its steps run", async () => {
    const poison = new FlowError("internal", "died twice");
    const { end, calls, log } = await attempt({ workflow, http, poison });
    expect(end).toMatchObject({ kind: "failed", error: { class: "internal", message: "died twice" } });
    expect([urls(calls), log]).toEqual([["a", "b"], []]);
  });

  test("may be stopped by one of its steps, which is no failure of it, also when the run comes back", async () => {
    const stopping = compiled({
      steps: [fail],
      on_failure: [{ type: "stop", message: "enough" }, call("never")],
    });
    const first = await attempt({ workflow: stopping });
    expect([first.end.kind, first.log]).toEqual(["failed", []]);
    const past = [...first.segments.flat(), ...first.tail];
    expect((await attempt({ workflow: stopping, past })).end).toEqual(first.end);
  });
});
