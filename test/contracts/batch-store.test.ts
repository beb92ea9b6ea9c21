import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import { createMemoryRunStore } from "../../lib/adapters/memory/memory-run-store.ts";
import { LeaseLost } from "../../lib/core/ports/run-store.ts";
import { type Dynalite, startDynalite } from "../support/dynalite.ts";
import { NOON, sampleRun } from "../support/sample-run.ts";
import { clientOfTable, quietTable } from "../support/simulated-dynamodb.ts";
import { batchStoreContract } from "./batch-store-contract.ts";

const tableStore = (table = quietTable()) =>
  createDynamoRunStore({ client: clientOfTable(table), table: "test", now: () => NOON });

describe("batches in memory", () => {
  batchStoreContract(async () => createMemoryRunStore().batches);
});

describe("batches in a table", () => {
  batchStoreContract(async () => tableStore().batches);
});

describe("batches in a table of the local stack", () => {
  let dynalite: Dynalite;
  beforeAll(async () => {
    dynalite = await startDynalite();
  });
  afterAll(() => dynalite.stop());
  batchStoreContract(async () => {
    const place = { client: dynalite.client(), table: await dynalite.createTable() };
    return createDynamoRunStore({ ...place, now: () => NOON }).batches;
  });
});

describe.each([
  ["in memory", () => createMemoryRunStore({ now: () => NOON })],
  ["in a table", () => tableStore()],
])("the run of a batch, %s", (_where, open) => {
  const claim = { owner: "me", now: NOON, leaseUntil: NOON + 1_000 };
  const claimed = async () => {
    const store = open();
    const run = sampleRun({ batch: {} });
    await store.create(run);
    const result = await store.claim(run.runId, claim);
    if (result.kind !== "claimed") throw new Error(result.kind);
    return { store, run, lease: result.lease };
  };

  test("gets the list as its event, and knows how many there are", async () => {
    const { store, run, lease } = await claimed();
    expect((await store.get(run.runId))?.batch).toEqual({});
    const event = { ...run.event, body: new TextEncoder().encode("[1,2]") };
    await store.fill(lease, event, 2);
    expect(await store.get(run.runId)).toMatchObject({ event, batch: { events: 2 }, status: "running" });
  });

  test("is filled by who holds it only", async () => {
    const { store, run, lease } = await claimed();
    await store.claim(run.runId, { ...claim, owner: "another", now: NOON + 2_000, leaseUntil: NOON + 3_000 });
    await expect(store.fill(lease, run.event, 2)).rejects.toBeInstanceOf(LeaseLost);
  });
});

test("when its history is blanked nothing of a batch's deliveries stays, and who puts one late finds it there", async () => {
  const table = quietTable();
  const store = tableStore(table);
  const run = sampleRun({ batch: {} });
  const { runId, expiresAt, event } = run;
  const { request } = event;
  const large = `"${Array.from({ length: 300_000 }, (_, n) => n).join("canary")}"`;
  await store.create(run);
  await store.batches.open({ runId, createdAt: NOON, closesAt: NOON + 1_000 }, 5, expiresAt);
  for (const [index, body] of ['"canary"', large].entries())
    await store.batches.put({ runId, number: index + 1 }, { id: `${index}`, body, request }, expiresAt);
  const result = await store.claim(runId, { owner: "me", now: NOON, leaseUntil: NOON + 1_000 });
  if (result.kind !== "claimed") throw new Error(result.kind);
  const { count } = { count: 3 };
  await store.batches.close(runId, expiresAt);
  await store.batches.items(runId, count, expiresAt);
  await store.fill(result.lease, { ...event, body: new TextEncoder().encode('["canary"]') }, 2);
  const end = { status: "succeeded", finishedAt: NOON, spentMs: 0, costUsd: 0, tail: [] } as const;
  const blanked = { ...event, body: new TextEncoder().encode('["***"]') };
  await store.finish(result.lease, { ...end, history: { event: blanked, journal: [] } });
  const kept = table.items().filter(({ sk }) => sk?.S?.startsWith("batch") || sk?.S?.startsWith("blob"));
  expect(kept.map(({ sk, body }) => [sk?.S, body])).toEqual([
    ["batch", undefined],
    ["batch#000001", undefined],
    ["batch#000002", undefined],
    ["batch#000003", undefined],
  ]);
  const put = (number: number, id: string) =>
    store.batches.put({ runId, number }, { id, body: '"canary"', request }, expiresAt);
  expect([await put(1, "0"), await put(2, "1"), await put(3, "2")]).toEqual([true, true, false]);
  expect(await store.batches.takeNumber(runId, { now: NOON, bytes: 1, mostBytes: 9 })).toBe("closed");
});
