import { describe, expect, test } from "@jest/globals";
import type { JournalEntry } from "../../lib/core/journal.ts";
import { Journal } from "../../lib/engine/journal.ts";

const EFFECT = { effect: true, repeatable: true };
const PURE = { effect: false, repeatable: true };
const UNREPEATABLE = { effect: false, repeatable: false };

function entry(path: string, more: Partial<JournalEntry> = {}): JournalEntry {
  return {
    path,
    id: path,
    type: "t",
    status: "ok",
    startedAt: 0,
    durationMs: 0,
    attempts: 1,
    patch: [],
    ...more,
  };
}

/** A store whose writes end only when told to. */
function slowStore() {
  const written: string[][] = [];
  const waiting: PromiseWithResolvers<void>[] = [];
  return {
    written,
    append(entries: readonly JournalEntry[]) {
      written.push(entries.map(({ path }) => path));
      const write = Promise.withResolvers<void>();
      waiting.push(write);
      return write.promise;
    },
    end: () => waiting.shift()?.resolve(),
    break: (error: Error) => waiting.shift()?.reject(error),
  };
}

describe("when entries are stored", () => {
  test("a pure step's entry waits and costs no write before an effect", async () => {
    const store = slowStore();
    const journal = new Journal({ past: [], append: store.append });
    journal.record(entry("0"), PURE);
    await journal.beforeEffect();
    expect(store.written).toEqual([]);
  });

  test("an entry that could come out differently is stored before an effect", async () => {
    const store = slowStore();
    const journal = new Journal({ past: [], append: store.append });
    journal.record(entry("0"), UNREPEATABLE);
    const ready = journal.beforeEffect();
    expect(store.written).toEqual([["0"]]);
    store.end();
    await ready;
  });

  test("an effect's entry is on its way when the next step begins, and stored before the next effect", async () => {
    const store = slowStore();
    const journal = new Journal({ past: [], append: store.append });
    journal.record(entry("0"), EFFECT);
    void journal.beforeStep();
    expect(store.written).toEqual([["0"]]);
    let ready = false;
    const effect = journal.beforeEffect().then(() => {
      ready = true;
    });
    await Promise.resolve();
    expect(ready).toBe(false);
    store.end();
    await effect;
  });

  test("effects that end during a flush share the next one", async () => {
    const store = slowStore();
    const journal = new Journal({ past: [], append: store.append });
    journal.record(entry("0"), EFFECT);
    void journal.beforeStep();
    const waits = ["1", "2", "3"].map((path) => {
      journal.record(entry(path), EFFECT);
      return journal.beforeEffect();
    });
    store.end();
    while (store.written.length < 2) await Promise.resolve();
    expect(store.written).toEqual([["0"], ["1", "2", "3"]]);
    store.end();
    await Promise.all(waits);
  });

  test("what no segment holds travels with the final write", async () => {
    const store = slowStore();
    const journal = new Journal({ past: [], append: store.append });
    journal.record(entry("0"), EFFECT);
    void journal.beforeStep();
    journal.record(entry("1"), PURE);
    store.end();
    expect((await journal.takeTail()).map(({ path }) => path)).toEqual(["1"]);
    expect(store.written).toEqual([["0"]]);
  });

  test("a careful journal stores each entry before the next step", async () => {
    const store = slowStore();
    const journal = new Journal({ past: [], append: store.append, careful: true });
    journal.record(entry("0"), PURE);
    const ready = journal.beforeStep();
    expect(store.written).toEqual([["0"]]);
    store.end();
    await ready;
  });
});

describe("when storing fails", () => {
  test("no further effect begins, and the cause is known as the store's", async () => {
    const store = slowStore();
    const journal = new Journal({ past: [], append: store.append });
    journal.record(entry("0"), EFFECT);
    void journal.beforeStep();
    const cause = new Error("no store");
    store.break(cause);
    await expect(journal.beforeEffect()).rejects.toBe(cause);
    await expect(journal.takeTail()).rejects.toBe(cause);
    expect(journal.isFailure(cause)).toBe(true);
    expect(journal.isFailure(new Error("another"))).toBe(false);
  });
});

describe("what earlier attempts left", () => {
  const journal = new Journal({
    past: [
      entry("0"),
      entry("1.if.0"),
      entry("2", { status: "failed" }),
      entry("3", { status: "failed", handled: true }),
      entry("4", { status: "retrying", attempts: 2 }),
      entry("5.items.0.1", { isolated: 1 }),
    ],
    append: async () => {},
  });

  test("a step that ended, also by an accepted failure, is settled", () => {
    expect(["0", "1.if.0", "3", "5.items.0.1"].map((path) => journal.settled(path)?.path)).toEqual([
      "0",
      "1.if.0",
      "3",
      "5.items.0.1",
    ]);
  });

  test("a step that failed or waits for a retry is not", () => {
    expect([journal.settled("2"), journal.settled("4")]).toEqual([undefined, undefined]);
    expect(journal.unsettled("4")?.attempts).toBe(2);
  });

  test("a control step knows which of its blocks was entered", () => {
    expect([
      journal.hasBelow("1.if"),
      journal.hasBelow("1.else"),
      journal.hasBelow("1"),
      journal.hasBelow("0"),
    ]).toEqual([true, false, true, false]);
  });

  test("what is below a control step is known, also what came later", () => {
    expect(["5", "5.items.0", "0", "4"].map((path) => journal.below(path).map((one) => one.path))).toEqual([
      ["5.items.0.1"],
      ["5.items.0.1"],
      [],
      [],
    ]);
    journal.record(entry("5.items.1.0", { isolated: 1 }), PURE);
    expect(journal.below("5").map(({ path }) => path)).toEqual(["5.items.0.1", "5.items.1.0"]);
  });
});
