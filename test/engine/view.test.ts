import { describe, expect, test } from "@jest/globals";
import { View } from "../../lib/engine/view.ts";

const set = (path: string, value: number) => ({ path: path.split("."), value });

describe("a block's view of the run's state", () => {
  test("what is written in it is seen around it, and before it inside", () => {
    const run = View.of({ n: 1 });
    const block = run.nested();
    run.apply([set("a", 1)]);
    block.nested().apply([set("b.c", 2)]);
    expect(run.state).toEqual({ n: 1, a: 1, b: { c: 2 } });
    expect(block.state).toBe(run.state);
    expect(block.item).toBeUndefined();
  });

  test("tells what was written through it and the blocks in it, and nothing else", () => {
    const run = View.of({ n: 1 });
    const [block, neighbour] = [run.nested(), run.nested()];
    run.apply([set("before", 1)]);
    block.apply([set("a", 1), set("gone", 1)]);
    block.nested().apply([set("b.c", 2), { path: ["gone"] }]);
    neighbour.apply([set("d", 3)]);
    expect(block.written).toEqual({ a: 1, b: { c: 2 } });
    expect(neighbour.written).toEqual({ d: 3 });
    expect(run.written).toEqual({ before: 1, a: 1, b: { c: 2 }, d: 3 });
  });

  test("a patch that changes nothing leaves the state as it is", () => {
    const run = View.of({ n: 1 });
    const { state } = run;
    run.apply([]);
    expect(run.state).toBe(state);
  });
});

describe("a loop item's view of its own", () => {
  test("starts as the state around it with the variables bound, and nobody sees what is written there", () => {
    const run = View.of({ n: 1, item: "hidden" });
    const item = run.isolated({ item: 7 }, "0.items.3");
    item.nested().apply([set("n", 2)]);
    expect(item.item).toBe("0.items.3");
    expect(item.state).toEqual({ n: 2, item: 7 });
    expect(item.written).toEqual({ n: 2 });
    expect(run.state).toEqual({ n: 1, item: "hidden" });
    expect(run.written).toEqual({});
  });
});

describe("variables of a loop that shares the state", () => {
  test("are there while they are bound, and what they hid comes back", () => {
    const run = View.of({ n: 1, item: "hidden" });
    const hidden = run.bind({ item: 7, item_index: 0 });
    expect(run.state).toEqual({ n: 1, item: 7, item_index: 0 });
    run.apply([set("item.seen", 1)]);
    run.unbind(hidden);
    expect(run.state).toEqual({ n: 1, item: "hidden" });
  });

  test("count as written neither when they are bound nor when what they hid comes back", () => {
    const run = View.of({ item: "hidden" });
    const hidden = run.bind({ item: 7, item_index: 0 });
    run.apply([...hidden, set("n", 1)]);
    expect(hidden).toHaveLength(2);
    expect(run.state).toEqual({ item: "hidden", n: 1 });
    expect(run.written).toEqual({ n: 1 });
  });

  test("are named in patches that write to them, while they are bound, in whatever loop around", () => {
    const run = View.of({});
    const patch = [set("item.seen", 1), set("id", 2), set("n", 3)];
    const outer = run.bind({ item: 7, item_index: 0 });
    const inner = run.nested().bind({ id: 1 });
    expect(run.named(patch)).toEqual([
      { ...set("item.seen", 1), variable: true },
      { ...set("id", 2), variable: true },
      set("n", 3),
    ]);
    run.unbind(inner);
    expect(run.named(patch)).toEqual([{ ...set("item.seen", 1), variable: true }, set("id", 2), set("n", 3)]);
    run.unbind(outer);
    expect(run.named(patch)).toEqual(patch);
  });

  test("of a loop item's own state are its own, and stay", () => {
    const run = View.of({});
    run.bind({ id: 1 });
    const item = run.isolated({ item: 7 }, "0.items.0");
    const patch = [set("item", 1), set("id", 2)];
    expect(item.named(patch)).toEqual(patch);
  });
});
