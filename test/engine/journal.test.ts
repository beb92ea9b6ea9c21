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
    let begun = 0;
    const waits = ["1", "2", "3"].map(async (path) => {
      journal.record(entry(path), EFFECT);
      await journal.beforeEffect();
      begun += 1;
    });
    store.end();
    await new Promise(setImmediate);
    expect(store.written).toEqual([["0"], ["1", "2", "3"]]);
    expect(begun).toBe(0);
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

  test("once an effect's entry is stored, pure steps behind it cost no write", async () => {
    const store = slowStore();
    const journal = new Journal({ past: [], append: store.append });
    for (const traits of [EFFECT, UNREPEATABLE]) {
      journal.record(entry("0"), traits);
      const stored = journal.flush();
      store.end();
      await stored;
    }
    journal.record(entry("1"), PURE);
    expect(journal.beforeStep()).toBeUndefined();
    await journal.beforeEffect();
    expect(store.written).toEqual([["0"], ["0"]]);
  });

  test("an effect waits for a flush that is under way, whatever it stores", async () => {
    const store = slowStore();
    const journal = new Journal({ past: [], append: store.append });
    journal.record(entry("0"), PURE);
    void journal.flush();
    let ready = false;
    const effect = journal.beforeEffect().then(() => {
      ready = true;
    });
    await new Promise(setImmediate);
    expect(ready).toBe(false);
    store.end();
    await effect;
  });

  test("a flush with nothing to store costs no write", async () => {
    const store = slowStore();
    const journal = new Journal({ past: [entry("0")], append: store.append, careful: true });
    await journal.flush();
    expect(journal.beforeStep()).toBeUndefined();
    expect(store.written).toEqual([]);
  });

  test("what is under way is stored before the final write, and its entries are not in there too", async () => {
    const store = slowStore();
    const journal = new Journal({ past: [], append: store.append });
    journal.record(entry("0"), EFFECT);
    void journal.flush();
    journal.record(entry("1"), EFFECT);
    void journal.flush();
    journal.record(entry("2"), EFFECT);
    let tail: readonly JournalEntry[] | undefined;
    const taken = journal.takeTail().then((entries) => {
      tail = entries;
    });
    store.end();
    await new Promise(setImmediate);
    expect(tail).toBeUndefined();
    store.end();
    await taken;
    expect(store.written).toEqual([["0"], ["1", "2"]]);
    expect(tail).toEqual([]);
    expect(await journal.takeTail()).toEqual([]);
  });

  test("all that was recorded is told, this attempt's entries behind those of earlier ones", () => {
    const told: string[] = [];
    const journal = new Journal({
      past: [entry("0")],
      append: async () => {},
      onEntry: ({ path }) => told.push(path),
    });
    journal.record(entry("1"), PURE);
    expect(journal.entries.map(({ path }) => path)).toEqual(["0", "1"]);
    expect(told).toEqual(["1"]);
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

  test("nothing more is stored, not even what had waited for its turn", async () => {
    const store = slowStore();
    const journal = new Journal({ past: [], append: store.append });
    expect(journal.isFailure(undefined)).toBe(false);
    journal.record(entry("0"), EFFECT);
    const first = journal.flush();
    journal.record(entry("1"), EFFECT);
    const second = journal.flush();
    const cause = new Error("no store");
    store.break(cause);
    await expect(first).rejects.toBe(cause);
    await expect(second).rejects.toBe(cause);
    await expect(journal.flush()).rejects.toBe(cause);
    await expect(journal.beforeEffect()).rejects.toBe(cause);
    expect(store.written).toEqual([["0"]]);
  });

  test("no effect begins either where nothing is left to be stored", async () => {
    const journal = new Journal({ past: [], append: () => Promise.reject(new Error("no store")) });
    journal.record(entry("0"), EFFECT);
    await expect(journal.flush()).rejects.toThrow("no store");
    await expect(journal.beforeEffect()).rejects.toThrow("no store");
  });

  test("a run that was abandoned stores nothing more either, and keeps its first cause", async () => {
    const store = slowStore();
    const journal = new Journal({ past: [], append: store.append });
    journal.record(entry("0"), EFFECT);
    const cause = new Error("no queue");
    expect(() => journal.abandon(cause)).toThrow(cause);
    expect(() => journal.abandon(new Error("another"))).toThrow(cause);
    expect(journal.isFailure(cause)).toBe(true);
    await expect(journal.flush()).rejects.toBe(cause);
    await expect(journal.takeTail()).rejects.toBe(cause);
    expect(store.written).toEqual([]);
  });
});

describe("who wrote a path last", () => {
  const write = (path: string, to: string, isolated?: string) =>
    entry(path, {
      patch: [
        { path: ["x"], value: 0 },
        { path: to.split("."), value: 0 },
      ],
      ...(isolated && { isolated }),
    });
  const journal = new Journal({
    past: [
      write("0", "a.b"),
      write("1", "a.b"),
      write("2", "a"),
      write("3", "a.c"),
      write("4.items.1.0", "i", "4.items.1"),
      write("4.items.1.1.items.0.0", "j", "4.items.1.1.items.0"),
    ],
    append: async () => {},
  });
  const writer = (path: string, item?: string) => journal.lastWrite(path.split("."), item)?.path;

  test("is the last step that wrote exactly this path, also beside others", () => {
    expect(writer("a.b")).toBe("1");
    expect(writer("a")).toBe("2");
    expect(writer("b")).toBeUndefined();
    expect(writer("a.b.c")).toBeUndefined();
  });

  test("is for a loop item of its own state a step of the run, of its own or of an item around it", () => {
    expect(writer("a.b", "4.items.1")).toBe("1");
    expect(writer("i", "4.items.1")).toBe("4.items.1.0");
    expect(writer("i", "4.items.1.1.items.0")).toBe("4.items.1.0");
  });

  test("is nobody where only other items wrote it", () => {
    expect(writer("i")).toBeUndefined();
    expect(writer("i", "4.items.10")).toBeUndefined();
    expect(writer("j", "4.items.1")).toBeUndefined();
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
      entry("5.items.0.1", { isolated: "5.items.0" }),
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

  test("what a control step's own steps left is found below it, at any depth", () => {
    expect(["5", "5.items", "5.items.0", "1.else"].map((path) => journal.below(path).length)).toEqual([
      1, 1, 1, 0,
    ]);
  });

  test("of attempts before a redrive none counts any more, but what was waited for is", () => {
    const past = [
      entry("0", { status: "failed" }),
      entry("1", { status: "retrying" }),
      entry("2", { status: "started" }),
      entry("3", { status: "waiting" }),
      entry("4"),
      entry("5", { status: "failed" }),
    ];
    const redriven = new Journal({ past, before: 5, append: async () => {} });
    expect(past.filter(({ path }) => redriven.unsettled(path)).map(({ path }) => path)).toEqual(["3", "5"]);
    expect(past.filter(({ path }) => redriven.settled(path)).map(({ path }) => path)).toEqual(["4"]);
  });

  test("of calls whose outcome nobody knows a redrive that keeps them forgets nothing", () => {
    const error = { step: "1", class: "unknown_outcome", message: "", details: {} } as const;
    const past = [
      entry("0", { status: "started" }),
      entry("1", { status: "failed", error }),
      entry("2", { status: "failed", error: { ...error, step: "2", class: "timeout" } }),
      entry("3", { status: "retrying" }),
    ];
    const redriven = new Journal({ past, before: 4, keepsUnknown: true, append: async () => {} });
    expect(past.filter(({ path }) => redriven.unsettled(path)).map(({ path }) => path)).toEqual(["0", "1"]);
  });

  test("a step that ended after attempts that failed is only settled, and one that ended is not undone", () => {
    const past = [entry("0", { status: "retrying" }), entry("0"), entry("1", { status: "retrying" })];
    const resumed = new Journal({ past, before: 3, append: async () => {} });
    expect(resumed.unsettled("0")).toBeUndefined();
    expect(resumed.settled("0")?.status).toBe("ok");
    expect(resumed.settled("1")).toBeUndefined();
  });

  test("an item that failed in this delivery, beside others that wait, is known as such once", () => {
    const past = [
      entry("0.items.0", { status: "failed", delivery: 1 }),
      entry("0.items.1", { status: "failed", delivery: 0 }),
    ];
    const resumed = new Journal({ past, failures: 1, append: async () => {} });
    expect(resumed.takeStanding("0.items.0")?.path).toBe("0.items.0");
    expect(resumed.takeStanding("0.items.0")).toBeUndefined();
    expect(resumed.takeStanding("0.items.1")).toBeUndefined();
  });

  test("one that failed before a redrive is tried again", () => {
    const past = [entry("0.items.0", { status: "failed", delivery: 0 })];
    const redriven = new Journal({ past, before: 1, append: async () => {} });
    expect(redriven.takeStanding("0.items.0")).toBeUndefined();
  });

  test("the chunks of a loop are those that were noted last", () => {
    const chunks = { base: "b", size: 10, count: 3, attempt: 1, redrives: 0 };
    const past = [
      entry("0", { status: "started", chunks }),
      entry("0", { status: "waiting", chunks: { ...chunks, made: true } }),
      entry("1", { status: "started" }),
    ];
    const resumed = new Journal({ past, append: async () => {} });
    expect(resumed.chunks("0")).toEqual({ ...chunks, made: true });
    expect(resumed.chunks("1")).toBeUndefined();
  });
});
