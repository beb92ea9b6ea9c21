import { expect, test } from "@jest/globals";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { BlockEnd } from "../../lib/core/step-result.ts";
import { parallel } from "../../lib/steps/parallel.ts";
import { done, runStep, stepContext } from "../support/step-context.ts";

const raw = { branches: { a: { result_from: "x" } } };
const names = ["a", "b", "c"];
const failure = (message: string): BlockEnd => ({
  kind: "fail",
  failure: { path: "0.a.0", id: "call", error: new FlowError("server_error", message), attempts: 1 },
});

function branches(ends: { [name: string]: BlockEnd }, params: object = {}) {
  const made = stepContext({ blocks: names, block: (at) => ends[at] ?? done({ x: at }) });
  return { ...made, result: runStep(parallel, { ...raw, ...params }, made.context) };
}

test("a branch is a list of steps, or a mapping that has one", () => {
  expect(parallel.blocks?.({ branches: { a: [], b: { steps: [] }, c: null } })).toEqual([
    { label: "a", at: ["branches", "a"], required: true, scope: "isolated" },
    { label: "b", at: ["branches", "b", "steps"], required: true, scope: "isolated" },
    { label: "c", at: ["branches", "c"], required: true, scope: "isolated" },
  ]);
});

test("results stand under the names, in the order of the file", async () => {
  const { result, blocks } = branches({});
  expect(await result).toMatchObject({ output: { a: "a", b: { x: "b" }, c: { x: "c" } } });
  expect(blocks).toEqual(names);
});

test("a wait of one branch comes before the failure of another", async () => {
  const { result } = branches({
    a: failure("down"),
    b: { kind: "pause", pause: { reason: "wait", dueAt: 9 } },
    c: { kind: "pause", pause: { reason: "wait", dueAt: 5 } },
  });
  expect(await result).toEqual({ kind: "pause", pause: { reason: "wait", dueAt: 5 } });
});

test("a stop comes before both", async () => {
  const { result } = branches({
    a: failure("down"),
    b: { kind: "pause", pause: { reason: "hand_over" } },
    c: { kind: "stop", reason: "enough" },
  });
  expect(await result).toEqual({ kind: "stop", reason: "enough" });
});

test("a failure says how many of how many failed", async () => {
  const { result } = branches({ a: failure("down"), c: failure("late") });
  expect(await result).toMatchObject({
    kind: "fail",
    failure: { error: { class: "server_error", message: "2 of 3 branches failed: down" } },
  });
});

test("a branch whose failure was accepted earlier never runs again", async () => {
  const { context, blocks } = stepContext({
    blocks: names,
    block: (at) => done({ x: at }),
    accepted: { b: { error: "gone" } },
  });
  const result = await runStep(parallel, { ...raw, on_branch_error: "continue" }, context);
  expect(result).toMatchObject({ output: { b: { error: "gone" } } });
  expect(blocks).toEqual(["a", "c"]);
});

test("what is thrown is handed on after the others have ended", async () => {
  const ended: string[] = [];
  const { context } = stepContext({
    blocks: names,
    async block(at) {
      if (at === "a") throw new Error("the lease is lost");
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(at);
      return done({});
    },
  });
  await expect(runStep(parallel, raw, context)).rejects.toThrow("the lease is lost");
  expect(ended).toEqual(["b", "c"]);
});
