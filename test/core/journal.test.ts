import { describe, expect, test } from "@jest/globals";
import { applyPatch, costOf, foldJournal, initialState, isSettled, savedBy } from "../../lib/core/journal.ts";
import { sampleEntry } from "../support/sample-run.ts";

describe("a step never runs again", () => {
  test.each(["ok", "skipped", "cached", "dropped", "stopped"] as const)("once it is %s", (status) => {
    expect(isSettled({ ...sampleEntry("0"), status })).toBe(true);
  });

  test.each(["retrying", "started", "waiting", "failed"] as const)("but it does while it is %s", (status) => {
    expect(isSettled({ ...sampleEntry("0"), status })).toBe(false);
  });

  test("when the file accepted its failure", () => {
    expect(isSettled({ ...sampleEntry("0"), status: "failed", handled: true })).toBe(true);
  });
});

describe("the state", () => {
  test("starts as the event where that is an object, else empty", () => {
    expect(initialState({ a: 1 })).toEqual({ a: 1 });
    expect(initialState([1])).toEqual({});
    expect(initialState("text")).toEqual({});
  });

  test("takes a patch's writes in their order; one without a value deletes", () => {
    const patch = [{ path: ["a", "b"], value: 1 }, { path: ["c"] }, { path: ["a", "b"], value: null }];
    expect(applyPatch({ c: 1, d: 2 }, patch)).toEqual({ a: { b: null }, d: 2 });
  });

  test("is empty where a write to its root leaves no object", () => {
    expect(applyPatch({ a: 1 }, [{ path: [], value: 7 }])).toEqual({});
  });

  test("folded from a journal holds nothing of what loop items wrote to their own", () => {
    const write = (path: string) => ({ ...sampleEntry("0"), patch: [{ path: [path], value: 1 }] });
    const entries = [write("a"), { ...write("b"), isolated: "3.items.0" }, write("c")];
    expect(foldJournal({ n: 1 }, entries)).toEqual({ n: 1, a: 1, c: 1 });
  });
});

describe("the state after a journal, of loops that share it", () => {
  test("holds nothing that was written to their variables", () => {
    const patch = [
      { path: ["item", "seen"], value: 1, variable: true as const },
      { path: ["n"], value: 2 },
    ];
    const entries = [
      { ...sampleEntry("0"), patch },
      { ...sampleEntry("1"), patch: [{ path: ["m"], value: 3 }] },
    ];
    expect(foldJournal({ item: "hidden" }, entries)).toEqual({ item: "hidden", n: 2, m: 3 });
  });
});

describe("money", () => {
  const usage = (cost_usd: number | null) => ({
    ...sampleEntry("0"),
    usage: {
      model: "m",
      input_tokens: 1,
      cached_tokens: 0,
      output_tokens: 1,
      reasoning_tokens: 0,
      cost_usd,
    },
  });

  test("that model calls cost is the sum of what is known", () => {
    const chunks = { ...sampleEntry("2"), costUsd: 0.125 };
    expect(costOf([usage(0.5), sampleEntry("1"), usage(null), usage(0.25), chunks])).toBe(0.875);
  });

  test("that cached results saved is the sum of what is known", () => {
    const saved = (savedUsd: number) => ({ ...sampleEntry("0"), savedUsd });
    expect(savedBy([saved(0.5), sampleEntry("1"), saved(0.25)])).toBe(0.75);
  });
});
