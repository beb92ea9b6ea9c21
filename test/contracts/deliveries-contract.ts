import { expect, test } from "@jest/globals";
import type { Deliveries, Receipt } from "../../lib/core/ports/deliveries.ts";
import type { RunStore } from "../../lib/core/ports/run-store.ts";
import { NOON, runIdAt, sampleRun } from "../support/sample-run.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What every adapter of {@link Deliveries} promises. */
export function deliveriesContract(
  open: () => Promise<{ readonly deliveries: Deliveries; readonly runs: RunStore }>,
): void {
  const key = (name: string, at = NOON) => ({ workflow: "flow", key: name, until: at + HOUR });
  const run = (runId: string, createdAt = NOON) => ({ runId, createdAt });
  const receipt = (at: number, more: Partial<Receipt> = {}): Receipt => ({
    id: runIdAt(at),
    workflow: "flow",
    at,
    outcome: "refused",
    status: 401,
    reason: "signature_wrong",
    bytes: 12,
    sourceIp: "192.0.2.7",
    ...more,
  });

  test("the first delivery of a key names its run, the others are told of it", async () => {
    const { deliveries } = await open();
    expect(await deliveries.name(key("a"), run("one"))).toEqual(run("one"));
    expect(await deliveries.name(key("a", NOON + 5), run("two", NOON + 5))).toEqual(run("one"));
  });

  test("naming twice the same run, as after a lost answer, is naming it once", async () => {
    const { deliveries } = await open();
    await deliveries.name(key("a"), run("one"));
    expect(await deliveries.name(key("a"), run("one"))).toEqual(run("one"));
  });

  test("of 64 that name at once, one is right", async () => {
    const { deliveries } = await open();
    const names = await Promise.all(
      Array.from({ length: 64 }, (_, n) => deliveries.name(key("a"), run(`run ${n}`))),
    );
    expect(new Set(names.map(({ runId }) => runId)).size).toBe(1);
  });

  test("keys of different workflows, and different keys, have nothing to do with each other", async () => {
    const { deliveries } = await open();
    await deliveries.name(key("a"), run("one"));
    expect(await deliveries.name({ ...key("a"), workflow: "other" }, run("two"))).toEqual(run("two"));
    expect(await deliveries.name(key("b"), run("three"))).toEqual(run("three"));
  });

  test("a key of any length and any letters is one", async () => {
    const { deliveries } = await open();
    const long = "ü#".repeat(5_000);
    await deliveries.name(key(long), run("one"));
    expect(await deliveries.name(key(long), run("two"))).toEqual(run("one"));
    expect(await deliveries.name(key(`${long}.`), run("three"))).toEqual(run("three"));
  });

  test("the runs that a key names are found again, in the workflows that are asked for", async () => {
    const { deliveries } = await open();
    await deliveries.name(key("a"), run("one"));
    await deliveries.name({ ...key("a"), workflow: "other" }, run("two"));
    expect(await deliveries.named(["flow"], "a")).toEqual([run("one")]);
    const both = await deliveries.named(["other", "flow", "third"], "a");
    expect(both.map(({ runId }) => runId).sort()).toEqual(["one", "two"]);
    expect(await deliveries.named(["flow"], "b")).toEqual([]);
    expect(await deliveries.named([], "a")).toEqual([]);
  });

  test("after its window a key names another run", async () => {
    const { deliveries } = await open();
    await deliveries.name(key("a"), run("one"));
    const late = NOON + HOUR;
    expect(await deliveries.name(key("a", late - 1), run("two", late - 1))).toEqual(run("one"));
    expect(await deliveries.name(key("a", late), run("three", late))).toEqual(run("three", late));
    expect(await deliveries.name(key("a", late + 1), run("four", late + 1))).toEqual(run("three", late));
  });

  test("a receipt comes back as it was kept", async () => {
    const { deliveries } = await open();
    const kept = receipt(NOON, { outcome: "duplicate", status: 202, runId: "one", preset: "stripe" });
    await deliveries.keep(kept);
    expect(await deliveries.get(kept.id, ["other", "flow"])).toEqual(kept);
    expect(await deliveries.get(kept.id, ["other"])).toBeUndefined();
    expect(await deliveries.get(runIdAt(NOON), ["flow"])).toBeUndefined();
  });

  test("receipts are listed newest first, across days and workflows, within a time and up to a number", async () => {
    const { deliveries } = await open();
    const times = [NOON - 3 * DAY, NOON - DAY, NOON - HOUR, NOON];
    const kept = times.map((at, n) => receipt(at, { workflow: n % 2 ? "flow" : "other" }));
    for (const one of kept) await deliveries.keep(one);
    await deliveries.keep(receipt(NOON, { workflow: "third" }));
    const list = async (more: object) => {
      const query = { workflows: ["flow", "other"], since: NOON - 5 * DAY, until: NOON, limit: 10, ...more };
      return (await deliveries.list(query)).map(({ at }) => at);
    };
    expect(await list({})).toEqual(times.toReversed());
    expect(await list({ limit: 2 })).toEqual([NOON, NOON - HOUR]);
    expect(await list({ since: NOON - DAY, until: NOON - 1 })).toEqual([NOON - HOUR, NOON - DAY]);
    expect(await list({ workflows: ["flow"] })).toEqual([NOON, NOON - DAY]);
    await deliveries.keep(receipt(NOON - 5, { outcome: "handshake" }));
    expect(await list({ outcome: "handshake", limit: 1 })).toEqual([NOON - 5]);
  });

  test("a list goes on behind a receipt, whatever time it has", async () => {
    const { deliveries } = await open();
    const times = [NOON - DAY, NOON - 2, NOON - 1, NOON - 1, NOON];
    const ids = times.map((at, n) => runIdAt(at).replace(/.$/, String(n)));
    for (const [n, at] of times.entries())
      await deliveries.keep(receipt(at, { id: ids[n] ?? "", outcome: n === 1 ? "limited" : "refused" }));
    const list = async (more: object) => {
      const query = { workflows: ["flow"], since: NOON - 5 * DAY, until: NOON, limit: 10, ...more };
      return (await deliveries.list(query)).map(({ id }) => ids.indexOf(id));
    };
    expect(await list({ after: ids[3] })).toEqual([2, 1, 0]);
    expect(await list({ after: ids[3], limit: 1 })).toEqual([2]);
    expect(await list({ after: ids[4], outcome: "refused" })).toEqual([3, 2, 0]);
    expect(await list({ after: ids[0] })).toEqual([]);
  });

  test("what is known of a delivery is kept with its run", async () => {
    const { deliveries, runs } = await open();
    const delivery = { bytes: 7, sourceIp: "2001:db8::1", preset: "github" };
    const [webhook, tick] = [sampleRun({ delivery }), sampleRun({})];
    for (const one of [webhook, tick]) await runs.create(one);
    expect(await deliveries.factsOf([webhook.runId, tick.runId, "missing"])).toEqual(
      new Map([[webhook.runId, delivery]]),
    );
    expect((await runs.get(webhook.runId))?.delivery).toEqual(delivery);
  });

  test("what a person sent to try a workflow is told from what services sent", async () => {
    const { deliveries, runs } = await open();
    const delivery = { bytes: 7, sourceIp: "192.0.2.7", isTest: true } as const;
    const run = sampleRun({ delivery });
    await runs.create(run);
    expect((await deliveries.factsOf([run.runId])).get(run.runId)).toEqual(delivery);
    expect((await runs.get(run.runId))?.delivery).toEqual(delivery);
  });

  test("a run that is dropped as it is made may be blanked", async () => {
    const { runs } = await open();
    const run = sampleRun({ droppedFor: "not wanted", blanked: true });
    await runs.create(run);
    expect(await runs.get(run.runId)).toMatchObject({ status: "dropped", blanked: true });
    const other = sampleRun({ droppedFor: "not wanted", runId: runIdAt(NOON + 1) });
    await runs.create(other);
    expect(await runs.get(other.runId)).not.toHaveProperty("blanked");
  });

  test("a run that is dropped at once has ended: it is listed, with its reason, and never due", async () => {
    const { runs } = await open();
    const dropped = sampleRun({ droppedFor: "not wanted" });
    await runs.create(dropped);
    expect(await runs.get(dropped.runId)).toMatchObject({
      status: "dropped",
      reason: "not wanted",
      finishedAt: dropped.createdAt,
      journal: [],
    });
    expect(await runs.status(dropped.runId)).toBe("dropped");
    expect(await runs.due(Number.POSITIVE_INFINITY, 10)).toEqual([]);
    const claim = { owner: "me", now: dropped.createdAt, leaseUntil: dropped.createdAt + 1_000 };
    expect(await runs.claim(dropped.runId, claim)).toEqual({ kind: "final", status: "dropped" });
    const query = {
      workflows: [dropped.workflow],
      limit: 5,
      since: dropped.createdAt,
      until: dropped.createdAt,
    };
    expect(await runs.list(query)).toMatchObject([{ runId: dropped.runId, status: "dropped" }]);
  });
}
