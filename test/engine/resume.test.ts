import { describe, expect, test } from "@jest/globals";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import { LeaseLost } from "../../lib/core/ports/run-store.ts";
import { type AttemptOptions, attempt, compiled } from "../support/engine-run.ts";

const call = (name: string, more: JsonObject = {}): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  output_to: name,
  ...more,
});
const answer = (name: string, more: JsonObject = {}): Json => ({
  url: `https://x.test/${name}`,
  body: { from: name },
  ...more,
});

/** Workflows whose every crash point is tried, with what the other side answers. */
const WORKFLOWS: { readonly [fact: string]: { file: JsonObject; event?: Json; http?: Json[] } } = {
  "effects one after another": {
    file: {
      steps: [call("a"), { type: "add_timestamp" }, call("b"), { type: "print", text: "hi" }, call("c")],
    },
    http: [answer("a"), answer("b"), answer("c")],
  },
  branches: {
    file: {
      steps: [
        {
          type: "if_else",
          if: { conditions: [{ field: "vip", op: "eq", value: true }], steps: [call("a"), call("b")] },
          else: { steps: [call("c")] },
          output_to: "taken",
        },
        call("d"),
      ],
    },
    event: { vip: true },
    http: [answer("a"), answer("b"), answer("d")],
  },
  "items on the run's own state that write to the loop's variable and fail, as the file accepts": {
    file: {
      steps: [
        {
          type: "for_each",
          input_from: "list",
          on_item_error: "continue",
          steps: [call("a", { output_to: "item.seen" }), call("bad")],
          output_to: "all",
        },
        call("c"),
      ],
    },
    event: { list: [{ id: 1 }, { id: 2 }] },
    http: [answer("a"), { url: "https://x.test/bad", status: 400 }, answer("c")],
  },
  "a loop on the run's own state": {
    file: {
      steps: [
        {
          type: "for_each",
          input_from: "ids",
          steps: [call("a"), { type: "http_call", url: "https://x.test/b", output_to: "item.seen" }],
          result_from: "item",
          output_to: "all",
        },
        call("c"),
      ],
    },
    event: { ids: [{ id: 1 }, { id: 2 }, { id: 3 }], item: "hidden" },
    http: [answer("a"), answer("b"), answer("c")],
  },
  "an isolated loop": {
    file: {
      steps: [
        {
          type: "for_each",
          input_from: "ids",
          item_scope: "isolated",
          concurrency: 2,
          steps: [call("a"), call("b")],
          output_to: "all",
        },
        call("c"),
      ],
    },
    event: { ids: [1, 2, 3, 4] },
    http: [answer("a"), answer("b"), answer("c")],
  },
  "what a branch wrote, read long after it": {
    file: {
      steps: [
        {
          type: "if_else",
          if: { conditions: [], steps: [call("a"), { type: "add_timestamp" }] },
          output_to: "taken",
        },
        call("b", { query: { seen: "${a.from}" } }),
        call("c", { query: { seen: "${a.from}" } }),
        call("d", { query: { seen: "${a.from}" } }),
      ],
    },
    http: [answer("a"), answer("b"), answer("c"), answer("d")],
  },
  "loops in loops, of one variable": {
    file: {
      steps: [
        {
          type: "for_each",
          input_from: "rows",
          steps: [
            {
              type: "for_each",
              input_from: "item.cells",
              steps: [call("a", { query: { at: "${item}" } })],
              output_to: "inner",
            },
            call("b", { query: { at: "${item.id}", inner: "${inner}" } }),
          ],
          output_to: "all",
        },
        call("c", { query: { all: "${all}", item: "${item}" } }),
        call("d", { query: { a: "${a.from}" } }),
      ],
    },
    event: {
      rows: [
        { id: 1, cells: [1, 2] },
        { id: 2, cells: [3] },
      ],
      item: "hidden",
    },
    http: [answer("a"), answer("b"), answer("c"), answer("d")],
  },
  "branches and loops in isolated items": {
    file: {
      steps: [
        {
          type: "for_each",
          input_from: "rows",
          item_scope: "isolated",
          concurrency: 1,
          steps: [
            { type: "if_else", if: { conditions: [], steps: [call("a")] } },
            {
              type: "for_each",
              input_from: "item.cells",
              item_scope: "isolated",
              steps: [call("b", { output_to: "hidden" })],
            },
            call("c", { query: { seen: "${a.from}", hidden: "${hidden, none}" } }),
            call("d", { query: { seen: "${a.from}", hidden: "${hidden, none}" } }),
          ],
          output_to: "all",
        },
        call("e", { query: { seen: "${a, none}" } }),
        call("f"),
      ],
    },
    event: { rows: [{ cells: [1, 2] }, { cells: [3] }] },
    http: ["a", "b", "c", "d", "e", "f"].map((name) => answer(name)),
  },
  "accepted failures of items that share the state": {
    file: {
      steps: [
        {
          type: "for_each",
          input_from: "ids",
          on_item_error: "continue",
          steps: [call("a"), { type: "if_else", if: { conditions: [], steps: [call("b")] } }],
          output_to: "all",
        },
        call("c", { query: { seen: "${a.from}" } }),
        call("d", { query: { seen: "${a.from}" } }),
      ],
    },
    event: { ids: [1, 2] },
    http: [answer("a"), answer("b", { status: 400 }), answer("c"), answer("d")],
  },
  "accepted failures": {
    file: {
      steps: [
        call("a", { swallow_on_error: true, raw_on_error: true }),
        {
          type: "for_each",
          input_from: "ids",
          item_scope: "isolated",
          concurrency: 1,
          on_item_error: "continue",
          steps: [call("b")],
          output_to: "all",
        },
        call("c"),
      ],
    },
    event: { ids: [1, 2] },
    http: [answer("a", { status: 404 }), answer("b", { status: 400 }), answer("c")],
  },
  "control steps inside an isolated loop, and a step that reads what they wrote": {
    file: {
      steps: [
        { type: "set", values: { seen: [] } },
        {
          type: "for_each",
          input_from: "ids",
          item_scope: "isolated",
          concurrency: 1,
          output_to: "all",
          steps: [
            {
              type: "if_else",
              if: { conditions: [{ field: "item", op: "lt", value: 3 }], steps: [call("a"), call("b")] },
              else: { steps: [{ type: "set", values: { "item.big": true } }, call("c")] },
            },
            call("d"),
            { type: "for_each", input_from: "ids", var: "other", steps: [call("e")] },
            { type: "set", values: { last: "${item}" } },
          ],
        },
        {
          type: "for_each",
          input_from: "ids",
          var: "id",
          steps: [
            {
              type: "if_else",
              if: { conditions: [{ field: "id", op: "eq", value: 1 }], steps: [call("a"), call("b")] },
            },
            { type: "set", values: { sum: "${sum, 0}${id}" } },
          ],
        },
        call("f"),
      ],
    },
    event: { ids: [1, 3], id: "hidden" },
    http: ["a", "b", "c", "d", "e", "f"].map((name) => answer(name)),
  },
  "parallel branches": {
    file: {
      steps: [
        {
          type: "parallel",
          branches: {
            left: [
              call("a"),
              { type: "if_else", if: { conditions: [], steps: [call("b")] } },
              { type: "set", values: { both: "${a.from}${b.from}" } },
            ],
            right: { steps: [call("c"), { type: "add_uuid" }, call("d")], result_from: "d.from" },
            third: [{ type: "parallel", branches: { inner: [call("e")] } }, call("f")],
          },
        },
        call("g"),
      ],
    },
    http: ["a", "b", "c", "d", "e", "f", "g"].map((name) => answer(name)),
  },
  "parallel branches whose failure is accepted": {
    file: {
      steps: [
        {
          type: "parallel",
          on_branch_error: "continue",
          branches: { bad: [call("a"), call("b")], good: [call("c"), call("d")] },
        },
        call("e"),
      ],
    },
    http: [answer("a"), answer("b", { status: 400 }), answer("c"), answer("d"), answer("e")],
  },
  waits: {
    file: {
      steps: [
        call("a"),
        { type: "wait", seconds: 30 },
        call("b"),
        { type: "wait", seconds: 1 },
        {
          type: "parallel",
          branches: { slow: [{ type: "wait", seconds: 60 }, call("c")], fast: [call("d")] },
        },
        call("e"),
      ],
    },
    http: ["a", "b", "c", "d", "e"].map((name) => answer(name)),
  },
  "a stop inside a branch": {
    file: {
      steps: [
        call("a"),
        {
          type: "if_else",
          if: {
            conditions: [],
            steps: [call("b"), { type: "set", values: { n: 1 } }, { type: "stop", message: "enough" }],
          },
        },
        call("c"),
      ],
    },
    http: [answer("a"), answer("b")],
  },
  "a stop inside a shared loop": {
    file: {
      steps: [
        {
          type: "for_each",
          input_from: "ids",
          steps: [
            { type: "set", values: { "item.seen": true } },
            call("a"),
            { type: "stop", when: [{ field: "item.id", op: "eq", value: 2 }] },
          ],
        },
        call("b"),
      ],
    },
    event: { ids: [{ id: 1 }, { id: 2 }, { id: 3 }], item: { hidden: true } },
    http: [answer("a")],
  },
  "a stop inside an isolated loop": {
    file: {
      steps: [
        call("a"),
        {
          type: "for_each",
          input_from: "ids",
          item_scope: "isolated",
          concurrency: 1,
          steps: [call("b"), { type: "stop", when: [{ field: "item", op: "eq", value: 2 }] }, call("c")],
        },
      ],
    },
    event: { ids: [1, 2, 3] },
    http: [answer("a"), answer("b"), answer("c")],
  },
  "a fail inside a branch": {
    file: {
      steps: [
        call("a"),
        {
          type: "parallel",
          swallow_on_error: true,
          branches: { one: [call("b"), { type: "fail", message: "no ${b.from}" }] },
        },
      ],
      on_failure: [call("c")],
    },
    http: [answer("a"), answer("b"), answer("c")],
  },
  "a drop": {
    file: {
      steps: [
        call("a"),
        { type: "filter", conditions: [{ field: "a.from", op: "eq", value: "z" }] },
        call("b"),
      ],
    },
    http: [answer("a")],
  },
  "a failure with on_failure": {
    file: {
      steps: [call("a"), call("b")],
      on_failure: [call("c"), { type: "print", text: "${error.message}" }, call("d")],
    },
    http: [answer("a"), answer("b", { status: 400 }), answer("c"), answer("d")],
  },
};

const lost = new LeaseLost("run-1", 1);

/** Runs a workflow to its end, or to the moment the process dies before segment `n` is stored. */
async function until(segment: number, options: AttemptOptions) {
  const stored: Parameters<NonNullable<AttemptOptions["append"]>>[0][] = [];
  const calls: JsonObject[] = [];
  const died = await attempt({
    ...options,
    append: async (entries, index) => {
      if (index === segment) throw lost;
      stored.push(entries);
    },
  }).then(
    (result) => {
      calls.push(...result.calls);
      return false;
    },
    (error) => {
      if (error !== lost) throw error;
      return true;
    },
  );
  return { died, past: stored.flat() };
}

describe.each(Object.entries(WORKFLOWS))("%s", (_fact, { file, event = {}, http = [] }) => {
  const workflow = compiled({ ...file, output: "${state}" });
  const options: AttemptOptions = { workflow, event, http };

  test("the state folded from the journal is the one that the steps saw", async () => {
    const { end, state } = await attempt(options);
    if (end.kind === "succeeded") expect(end.output).toEqual(state);
  });

  test("resumed after a crash at any point it ends as if undisturbed, and repeats only what has no entry", async () => {
    const undisturbed = await attempt(options);
    expect(undisturbed.segments.length).toBeGreaterThan(0);
    for (let segment = 0; segment <= undisturbed.segments.length; segment += 1) {
      const { died, past } = await until(segment, options);
      // The last point is the death before the final write: every segment is stored, the tail is lost.
      expect(died).toBe(segment < undisturbed.segments.length);
      const resumed = await attempt({ ...options, past });
      expect(withoutTimes(resumed.end as unknown as Json)).toEqual(
        withoutTimes(undisturbed.end as unknown as Json),
      );
      expect(withoutTimes(resumed.state)).toEqual(withoutTimes(undisturbed.state));
      expect(undisturbed.calls).toEqual(expect.arrayContaining([...resumed.calls]));
      const settled = new Set(
        past.filter(({ status, handled }) => status !== "failed" || handled).map(({ path }) => path),
      );
      expect(resumed.entries.filter(({ path }) => settled.has(path))).toEqual([]);
    }
  });
});

function withoutTimes(state: Json): Json {
  const text = JSON.stringify(state, (key, value) =>
    key === "duration_ms" || key === "timestamp" ? 0 : value,
  );
  return JSON.parse(text);
}

describe("a wait that is too long to be spent in the invocation", () => {
  const workflow = compiled({ steps: [call("a", { retries: 2, backoff_seconds: 100 })] });
  const http = [answer("a", { status: 503 })];

  test("parks the run, and the attempts so far are not forgotten", async () => {
    const first = await attempt({ workflow, http, limits: { longestWaitMs: 10_000 } });
    expect(first.end).toMatchObject({ kind: "paused", pause: { reason: "wait" } });
    expect(first.clock.slept).toEqual([]);
    const { clock } = first;
    clock.advance(100_000);
    const second = await attempt({
      workflow,
      http,
      past: first.tail,
      limits: { longestWaitMs: 10_000 },
      clock,
    });
    clock.advance(200_000);
    const third = await attempt({
      workflow,
      http,
      past: [...first.tail, ...second.tail],
      limits: { longestWaitMs: 10_000 },
      clock,
    });
    expect(third.end).toMatchObject({
      kind: "failed",
      error: { class: "server_error", details: { attempts: 3 } },
    });
  });
});

describe("a step that asks another model in the place of one that failed", () => {
  const model = { type: "openai_completion", api_key: "k", prompt: "hi", include_usage: false };
  const workflow = compiled({
    steps: [{ ...model, model: "first", fallback_models: ["second", "third"], timeout: 100 }],
  });
  const start = Date.UTC(2026, 0, 2, 3, 4, 5);
  const failing = (name: string) => ({ model: name, error: "server_error", delay_seconds: 30 });
  const models = (calls: readonly JsonObject[]) => calls.map((one) => one.model);

  test("hands over before an answer that only a fresh invocation can wait for, and goes on with the same one", async () => {
    const here = { workflow, limits: { handOverAt: start + 120_000, freshMs: 900_000 } };
    const llm = [failing("first"), { model: "second", text: "hello", delay_seconds: 95 }];
    const first = await attempt({ ...here, llm });
    expect(first.end).toEqual({ kind: "paused", pause: { reason: "hand_over" } });
    expect(models(first.calls)).toEqual(["first"]);
    const second = await attempt({ workflow, llm, past: first.tail });
    expect(models(second.calls)).toEqual(["second"]);
    expect(second.end.kind).toBe("succeeded");
    expect(second.entries.at(-1)).toMatchObject({ status: "ok", attempts: 2 });
  });

  test("that is cut off by the invocation's end is asked again elsewhere, and the first failure is not forgotten", async () => {
    const limits = { handOverAt: start + 50_000, freshMs: 20_000 };
    const llm = ["first", "second", "third"].map(failing);
    const first = await attempt({ workflow, llm, limits });
    expect(first.end.kind).toBe("paused");
    expect(models(first.calls)).toEqual(["first", "second"]);
    const second = await attempt({ workflow, llm, past: first.tail });
    expect(models(second.calls)).toEqual(["second", "third"]);
    expect(second.end).toMatchObject({
      kind: "failed",
      error: { class: "server_error", details: { attempts: 3 } },
    });
  });
});

describe("when the invocation's time is nearly up", () => {
  test("the run hands over before the next step and goes on behind it", async () => {
    const workflow = compiled({ steps: [call("a"), call("b")] });
    const http = [answer("a", { delay_seconds: 5 }), answer("b")];
    const first = await attempt({
      workflow,
      http,
      limits: { handOverAt: Date.UTC(2026, 0, 2, 3, 4, 8), freshMs: 900_000 },
    });
    expect(first.end).toEqual({ kind: "paused", pause: { reason: "hand_over" } });
  });

  test("an effect that would fit into a fresh invocation only is not begun in this one", async () => {
    const workflow = compiled({ steps: [call("a", { timeout: 60 })] });
    const start = Date.UTC(2026, 0, 2, 3, 4, 5);
    const elsewhere = await attempt({
      workflow,
      http: [answer("a")],
      limits: { handOverAt: start + 30_000, freshMs: 900_000 },
    });
    expect([elsewhere.end.kind, elsewhere.calls.length]).toEqual(["paused", 0]);
    const here = await attempt({
      workflow,
      http: [answer("a")],
      limits: { handOverAt: start + 30_000, freshMs: 30_000 },
    });
    expect([here.end.kind, here.calls.length]).toEqual(["succeeded", 1]);
  });
});

describe("at_most_once", () => {
  const workflow = compiled({ steps: [call("a", { effect: "at_most_once" })] });

  test("a call that was under way when the process died is not repeated: its outcome is unknown", async () => {
    const begun = await attempt({ workflow, http: [answer("a")] });
    const resumed = await attempt({ workflow, past: begun.segments[0] ?? [] });
    expect(resumed.end).toMatchObject({
      kind: "failed",
      error: {
        class: "unknown_outcome",
        step: "0",
        message: expect.stringMatching(/was under way when its process ended.*at_most_once/),
      },
    });
    expect(resumed.calls).toEqual([]);
  });

  test("and nobody knows it later: a run that comes back once more does not make the call either", async () => {
    const begun = await attempt({ workflow, http: [answer("a")] });
    const past = begun.segments[0] ?? [];
    const resumed = await attempt({ workflow, past });
    const again = await attempt({ workflow, past: [...past, ...resumed.segments.flat(), ...resumed.tail] });
    expect(again.end).toEqual(resumed.end);
    expect(again.calls).toEqual([]);
  });

  test("a call that is known to have failed may be repeated", async () => {
    const failed = await attempt({ workflow, http: [answer("a", { status: 503 })], lastDelivery: false });
    expect(failed.end).toMatchObject({ kind: "failed", heals: true });
    const past = [...failed.segments.flat(), ...failed.tail];
    expect((await attempt({ workflow, http: [answer("a")], past })).end.kind).toBe("succeeded");
  });
});

describe("the same call again", () => {
  test("carries the same Idempotency-Key on every attempt and after a crash", async () => {
    const workflow = compiled({ steps: [call("a", { retries: 1, backoff_seconds: 0 })] });
    const first = await attempt({ workflow, http: [answer("a", { status: 503 })], lastDelivery: false });
    const second = await attempt({ workflow, http: [answer("a")] });
    const keys = [...first.calls, ...second.calls].map(
      ({ headers }) => (headers as JsonObject)["idempotency-key"],
    );
    expect(keys).toEqual(["run-1-0", "run-1-0", "run-1-0"]);
  });
});

describe("the time limit of a step with steps of its own", () => {
  const slow = answer("a", { delay_seconds: 3 });

  test("ends them too: nothing of them happens afterwards, and its own policy applies", async () => {
    const workflow = compiled({
      steps: [
        {
          type: "if_else",
          timeout: 1,
          drop_on_failure: false,
          output_to: "branch",
          if: { conditions: [], steps: [call("a", { swallow_on_error: true, retries: 3 }), call("b")] },
        },
        call("c", { timeout: 60 }),
      ],
    });
    const http = [slow, answer("b"), answer("c", { delay_seconds: 30 })];
    const { end, calls, entries, state } = await attempt({ workflow, http });
    expect(end.kind).toBe("succeeded");
    expect(calls.map(({ url }) => url)).toEqual(["https://x.test/a", "https://x.test/c"]);
    expect(entries.map(({ path, status }) => `${path} ${status}`)).toEqual([
      "0.if.0 failed",
      "0 failed",
      "1 ok",
    ]);
    expect(state.branch).toMatchObject({ error: "if_else_1 took longer than 1 seconds" });
  });

  test("ends every item under way, whatever the loop accepts", async () => {
    const workflow = compiled({
      steps: [
        {
          type: "for_each",
          input_from: "ids",
          item_scope: "isolated",
          concurrency: 2,
          on_item_error: "continue",
          timeout: 1,
          steps: [call("a")],
        },
      ],
    });
    const { end, calls } = await attempt({ workflow, event: { ids: [1, 2, 3, 4] }, http: [slow] });
    expect(end).toMatchObject({ kind: "failed", error: { class: "timeout", step: "0" } });
    expect(calls).toHaveLength(2);
  });

  test("is none for a hand-over: its steps are handed over themselves", async () => {
    const workflow = compiled({
      steps: [{ type: "if_else", timeout: 100, if: { conditions: [], steps: [call("a"), call("b")] } }],
    });
    const start = Date.UTC(2026, 0, 2, 3, 4, 5);
    const { end, entries } = await attempt({
      workflow,
      http: [answer("a", { delay_seconds: 2 }), answer("b")],
      limits: { handOverAt: start + 1_000 },
    });
    expect(end).toEqual({ kind: "paused", pause: { reason: "hand_over" } });
    expect(entries).toEqual([]);
  });
});

describe("what ends a run", () => {
  test("its own time limit, whatever the step's policy says, and without another delivery", async () => {
    const workflow = compiled({ timeout: 10, steps: [call("a", { swallow_on_error: true }), call("b")] });
    const start = Date.UTC(2026, 0, 2, 3, 4, 5);
    const { end } = await attempt({
      workflow,
      http: [answer("a", { delay_seconds: 11 })],
      runUntil: start + 10_000,
      lastDelivery: false,
    });
    expect(end).toMatchObject({ kind: "failed", heals: false, error: { class: "timeout", step: "0" } });
  });

  test("its own time limit, before a step that needs no time", async () => {
    const workflow = compiled({ timeout: 10, steps: [{ type: "print", text: "x" }] });
    const { end } = await attempt({ workflow, runUntil: Date.UTC(2026, 0, 2, 3, 4, 5) });
    expect(end).toMatchObject({ kind: "failed", error: { class: "timeout", step: "0" } });
  });

  test("its own time limit, in which waits do not count", async () => {
    const workflow = compiled({
      timeout: 10,
      steps: [call("a", { retries: 1, backoff_seconds: 60 }), call("b")],
    });
    const start = Date.UTC(2026, 0, 2, 3, 4, 5);
    const http = [
      { url: "https://x.test/a", answers: [{ status: 503 }, { body: {} }] },
      answer("b", { delay_seconds: 9 }),
    ];
    const { end } = await attempt({ workflow, http, runUntil: start + 10_000 });
    expect(end).toMatchObject({ kind: "succeeded" });
  });

  test("a class that heals ends the attempt only, while deliveries are left", async () => {
    const workflow = compiled({ steps: [call("a")], on_failure: [call("b")] });
    const { end, calls } = await attempt({
      workflow,
      http: [answer("a", { status: 503, headers: { "retry-after": "7" } })],
      lastDelivery: false,
    });
    expect(end).toMatchObject({ kind: "failed", heals: true, retryAfterMs: 7_000 });
    expect(calls).toHaveLength(1);
  });

  test("a known poison stops at the first step that has no entry", async () => {
    const workflow = compiled({
      steps: [{ type: "if_else", if: { conditions: [], steps: [{ type: "print", text: "x" }] } }],
    });
    const { end } = await attempt({ workflow, poison: new FlowError("internal", "died twice") });
    expect(end).toMatchObject({ kind: "failed", heals: false, error: { class: "internal", step: "0.if.0" } });
  });

  test("a known poison of on_failure leaves the rest of it undone, and the log tells", async () => {
    const workflow = compiled({
      steps: [{ type: "fail", message: "no" }],
      on_failure: [call("a"), call("b")],
    });
    const [first] = (await attempt({ workflow, http: [answer("a", {}), answer("b", {})] })).entries.slice(1);
    const past = first ? [first] : [];
    const { end, calls, log } = await attempt({
      workflow,
      past,
      poison: new FlowError("internal", "died twice"),
    });
    expect(first).toMatchObject({ path: "on_failure" });
    expect(end).toMatchObject({ kind: "failed", heals: false, error: { class: "refused", step: "0" } });
    expect(calls).toEqual([]);
    expect(log).toMatchObject([
      {
        level: "error",
        message: "on_failure ended early: died twice",
        fields: { step: "on_failure.0", class: "internal" },
      },
    ]);
  });

  test("a missing name of the environment, before the first step", async () => {
    const workflow = compiled({
      environment: ["TOKEN"],
      steps: [call("a"), { type: "print", text: "${env:TOKEN}" }],
    });
    const { end, calls } = await attempt({ workflow, http: [answer("a")] });
    expect(end).toMatchObject({
      kind: "failed",
      heals: false,
      error: { class: "config_error", details: { missing: ["TOKEN"] } },
    });
    expect(calls).toEqual([]);
  });
});
