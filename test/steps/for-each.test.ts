import { describe, expect, test } from "@jest/globals";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { BlockEnd, StepFailure } from "../../lib/core/step-result.ts";
import { forEach } from "../../lib/steps/for-each.ts";
import { done, runStep, stepContext } from "../support/step-context.ts";

const list = (length: number) => Array.from({ length }, (_, index) => index);
const failure = (message: string, more: Partial<StepFailure> = {}): StepFailure => ({
  path: "0.items.1.0",
  id: "call",
  error: new FlowError("server_error", message, { status: 500 }),
  attempts: 1,
  ...more,
});
const fail = (message: string, more?: Partial<StepFailure>): BlockEnd => ({
  kind: "fail",
  failure: failure(message, more),
});

function loop(
  params: object,
  ends: { [at: string]: BlockEnd },
  length: number,
  more: { signal?: AbortSignal } = {},
) {
  const made = stepContext({
    state: { list: list(length) },
    inputFrom: "list",
    outputTo: "results",
    block: (at) => ends[at] ?? done({ at }),
    ...more,
  });
  return { ...made, result: runStep(forEach, { ...params, result_from: "at" }, made.context) };
}

describe("isolated items", () => {
  test.each([
    [undefined, 10],
    [3, 3],
    [1000, 25],
  ])("concurrency %p has at most %i under way at once", async (concurrency, expected) => {
    let underWay = 0;
    let most = 0;
    const { context } = stepContext({
      state: { list: list(25) },
      inputFrom: "list",
      async block() {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        return done({});
      },
    });
    await runStep(forEach, { item_scope: "isolated", ...(concurrency && { concurrency }) }, context);
    expect(most).toBe(expected);
  });

  test("all are tried, and the failure says how many of how many failed", async () => {
    const { result, blocks } = loop(
      { item_scope: "isolated" },
      { "items.1": fail("down"), "items.3": fail("late") },
      5,
    );
    expect(await result).toMatchObject({
      kind: "fail",
      failure: {
        path: "0.items.1.0",
        error: { class: "server_error", status: 500, message: "2 of 5 items failed: down" },
      },
    });
    expect(blocks).toHaveLength(5);
  });

  test("a wait lets the others end, and the earliest wins over a failure", async () => {
    const wait = (dueAt: number): BlockEnd => ({ kind: "pause", pause: { reason: "wait", dueAt } });
    const { result, blocks } = loop(
      { item_scope: "isolated", concurrency: 1 },
      { "items.0": wait(900), "items.1": fail("down"), "items.2": wait(500) },
      5,
    );
    expect(await result).toEqual({ kind: "pause", pause: { reason: "wait", dueAt: 500 } });
    expect(blocks).toHaveLength(5);
  });

  test("a hand-over starts no further items and wins over a wait", async () => {
    const { result, blocks } = loop(
      { item_scope: "isolated", concurrency: 1 },
      {
        "items.0": { kind: "pause", pause: { reason: "wait", dueAt: 1 } },
        "items.1": { kind: "pause", pause: { reason: "hand_over" } },
      },
      5,
    );
    expect(await result).toEqual({ kind: "pause", pause: { reason: "hand_over" } });
    expect(blocks).toEqual(["items.0", "items.1"]);
  });

  test("what is thrown is handed on after the items under way have ended, and none is begun", async () => {
    const begun: string[] = [];
    const ended: string[] = [];
    const { context } = stepContext({
      state: { list: list(20) },
      inputFrom: "list",
      async block(at) {
        begun.push(at);
        if (at === "items.0") throw new Error("the lease is lost");
        await new Promise((resolve) => setImmediate(resolve));
        ended.push(at);
        return done({});
      },
    });
    await expect(runStep(forEach, { item_scope: "isolated", concurrency: 4 }, context)).rejects.toThrow(
      "the lease is lost",
    );
    expect(begun).toHaveLength(4);
    expect(ended).toHaveLength(3);
  });

  test("an item's view has the variable bound", async () => {
    const seen: unknown[] = [];
    const { context } = stepContext({
      state: { list: ["a"] },
      inputFrom: "list",
      block(_, options) {
        seen.push(options);
        return done({});
      },
    });
    await runStep(forEach, { item_scope: "isolated", var: "letter" }, context);
    expect(seen).toEqual([{ at: "items.0", scope: "isolated", bind: { letter: "a" } }]);
  });
});

describe("shared items", () => {
  test("a pause stops the loop at once", async () => {
    const { result, blocks } = loop(
      {},
      { "items.1": { kind: "pause", pause: { reason: "wait", dueAt: 7 } } },
      4,
    );
    expect(await result).toEqual({ kind: "pause", pause: { reason: "wait", dueAt: 7 } });
    expect(blocks).toEqual(["items.0", "items.1"]);
  });

  test("a failure is handed on as it is", async () => {
    const { result } = loop({}, { "items.1": fail("down") }, 4);
    expect(await result).toMatchObject({ kind: "fail", failure: { error: { message: "down" } } });
  });
});

describe("accepted failures", () => {
  test("an item whose failure was accepted earlier never runs again", async () => {
    const { context, blocks } = stepContext({
      state: { list: [1, 2] },
      inputFrom: "list",
      outputTo: "results",
      block: () => done({ x: 1 }),
      accepted: { "items.0": { error: "gone" } },
    });
    expect(await runStep(forEach, { on_item_error: "continue" }, context)).toMatchObject({
      output: [{ error: "gone" }, { x: 1 }],
    });
    expect(blocks).toEqual(["items.1"]);
  });

  test("a failure that ends the run is no item's", async () => {
    const over = fail("over", { error: new FlowError("cancelled", "over"), endsRun: true });
    const { result } = loop({ on_item_error: "continue" }, { "items.0": over }, 3);
    expect(await result).toMatchObject({ kind: "fail", failure: { endsRun: true } });
  });

  test("the failure of several items keeps the first one as its cause", async () => {
    const error = new FlowError("timeout", "slow");
    const { result } = loop({ item_scope: "isolated" }, { "items.0": fail("slow", { error }) }, 1);
    expect(await result).toMatchObject({ failure: { error: { cause: error } } });
  });
});
