import { expect, test } from "@jest/globals";
import type { BatchItem, BatchStore, NamedBatch } from "../../lib/core/ports/batch-store.ts";
import { NOON, runIdAt, sampleRun } from "../support/sample-run.ts";

const MINUTE = 60_000;
const EXPIRY = NOON / 1000 + 86_400;

/** What every adapter of {@link BatchStore} promises. */
export function batchStoreContract(open: () => Promise<BatchStore>): void {
  const place = { workflow: "flow", key: "a" };
  const batchAt = (at: number): NamedBatch => ({ runId: runIdAt(at), createdAt: at, closesAt: at + MINUTE });
  const { request } = sampleRun().event;
  const item = (id: string): BatchItem => ({ id, body: `{"id":"${id}"}`, request });
  const asked = { now: NOON, bytes: 10, mostBytes: 1_000 };
  const opened = async (size = 3) => {
    const batches = await open();
    const batch = batchAt(NOON);
    await batches.open(batch, size, EXPIRY);
    return { batches, runId: batch.runId };
  };

  test("the first batch of a key is its batch until another one is put in its place", async () => {
    const batches = await open();
    const [one, two, three] = [batchAt(NOON), batchAt(NOON), batchAt(NOON)];
    expect(await batches.current(place)).toBeUndefined();
    expect(await batches.name(place, one, undefined, EXPIRY)).toEqual(one);
    expect(await batches.name(place, two, undefined, EXPIRY)).toEqual(one);
    expect(await batches.name(place, two, one.runId, EXPIRY)).toEqual(two);
    expect(await batches.name(place, three, one.runId, EXPIRY)).toEqual(two);
    expect(await batches.current(place)).toEqual(two);
  });

  test("of 64 that name at once, one is right; other keys and workflows have their own", async () => {
    const batches = await open();
    const all = Array.from({ length: 64 }, () => batchAt(NOON));
    const names = await Promise.all(all.map((one) => batches.name(place, one, undefined, EXPIRY)));
    expect(new Set(names.map(({ runId }) => runId)).size).toBe(1);
    const own = batchAt(NOON);
    for (const other of [
      { ...place, key: "ü#".repeat(5_000) },
      { ...place, workflow: "other" },
    ])
      expect(await batches.name(other, own, undefined, EXPIRY)).toEqual(own);
  });

  test("numbers are given once each, as many as there are, until the batch is over", async () => {
    const { batches, runId } = await opened(10);
    const answers = await Promise.all(Array.from({ length: 64 }, () => batches.takeNumber(runId, asked)));
    expect(answers.filter((one) => typeof one === "number").sort((a, b) => Number(a) - Number(b))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
    const { batches: others, runId: over } = await opened();
    expect(await others.takeNumber(over, { ...asked, now: NOON + MINUTE })).toBe("closed");
    expect(await others.takeNumber(over, { ...asked, now: NOON + MINUTE - 1 })).toBe(1);
  });

  test("a batch has room for so much, and for one delivery of any size", async () => {
    const { batches, runId } = await opened();
    expect(await batches.takeNumber(runId, { ...asked, bytes: 5_000 })).toBe(1);
    expect(await batches.takeNumber(runId, asked)).toBe("full");
    expect(await batches.takeNumber(runId, { ...asked, mostBytes: 5_010 })).toBe(2);
  });

  test("a batch that nobody has opened gives no numbers, and none when it was closed before it was opened", async () => {
    const batches = await open();
    const batch = batchAt(NOON);
    expect(await batches.takeNumber(batch.runId, asked)).toBe("unopened");
    expect(await batches.close(batch.runId, EXPIRY, NOON)).toEqual({ kind: "closed", count: 0 });
    await batches.open(batch, 3, EXPIRY);
    expect(await batches.takeNumber(batch.runId, asked)).toBe("closed");
  });

  test("opening twice, as after a lost answer, keeps the numbers that were given", async () => {
    const { batches, runId } = await opened();
    await batches.takeNumber(runId, asked);
    await batches.open({ runId, createdAt: NOON, closesAt: NOON + MINUTE }, 3, EXPIRY);
    expect(await batches.takeNumber(runId, asked)).toBe(2);
  });

  test("a batch is closed when it is full, when its time is over, or by force, and stays so", async () => {
    const { batches, runId } = await opened(2);
    await batches.takeNumber(runId, asked);
    expect(await batches.close(runId, EXPIRY, NOON)).toEqual({ kind: "open", until: NOON + MINUTE });
    await batches.takeNumber(runId, asked);
    expect(await batches.close(runId, EXPIRY, NOON)).toEqual({ kind: "closed", count: 2 });
    const { batches: timed, runId: over } = await opened();
    expect(await timed.close(over, EXPIRY, NOON + MINUTE)).toEqual({ kind: "closed", count: 0 });
    const { batches: forced, runId: now } = await opened();
    expect(await forced.close(now, EXPIRY)).toEqual({ kind: "closed", count: 0 });
    expect(await forced.close(now, EXPIRY, NOON)).toEqual({ kind: "closed", count: 0 });
    expect(await forced.takeNumber(now, asked)).toBe("closed");
  });

  test("what was put is read in the order of numbers, and who comes later finds the place taken", async () => {
    const { batches, runId } = await opened();
    for (const number of [3, 1])
      expect(await batches.put({ runId, number }, item(`${number}`), EXPIRY)).toBe(true);
    const read = [item("1"), item("3")];
    expect(await batches.items(runId, 3, EXPIRY)).toEqual(read);
    expect(await batches.put({ runId, number: 2 }, item("2"), EXPIRY)).toBe(false);
    expect(await batches.items(runId, 3, EXPIRY)).toEqual(read);
  });

  test("putting twice the same, as after a lost answer, is putting it once, also when it was read meanwhile", async () => {
    const { batches, runId } = await opened();
    const spot = { runId, number: 1 };
    expect(await batches.put(spot, item("1"), EXPIRY)).toBe(true);
    expect(await batches.items(runId, 1, EXPIRY)).toEqual([item("1")]);
    expect(await batches.put(spot, item("1"), EXPIRY)).toBe(true);
    expect(await batches.put(spot, item("2"), EXPIRY)).toBe(false);
  });

  test("a delivery that is large, and many of them, come back as they were", async () => {
    const { batches, runId } = await opened(120);
    const large = { ...item("1"), body: JSON.stringify("x1".repeat(900_000)) };
    await batches.put({ runId, number: 1 }, large, EXPIRY);
    const others = Array.from({ length: 110 }, (_, n) => ({
      ...item(`${n + 2}`),
      body: `"${"y".repeat(2_000)}"`,
    }));
    for (const [index, one] of others.entries()) await batches.put({ runId, number: index + 2 }, one, EXPIRY);
    expect(await batches.items(runId, 111, EXPIRY)).toEqual([large, ...others]);
  });

  test("where a delivery goes is settled once, and changed only by who knows where it went", async () => {
    const batches = await open();
    const [one, two, three] = [1, 2, 3].map((number) => ({ runId: runIdAt(NOON), number }));
    if (!one || !two || !three) throw new Error("three");
    expect(await batches.spotOf("a")).toBeUndefined();
    expect(await batches.settle("a", one, undefined, EXPIRY)).toEqual(one);
    expect(await batches.settle("a", two, undefined, EXPIRY)).toEqual(one);
    expect(await batches.settle("a", two, one, EXPIRY)).toEqual(two);
    expect(await batches.settle("a", three, one, EXPIRY)).toEqual(two);
    expect(await batches.spotOf("a")).toEqual(two);
    expect(await batches.settle("b", three, one, EXPIRY)).toEqual(three);
  });
}
