import {
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandOutput,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import { duePartition } from "../../lib/adapters/dynamo/index-shards.ts";
import type { RunStore } from "../../lib/core/ports/run-store.ts";
import type { NewRun } from "../../lib/core/run.ts";
import {
  mustClaim,
  NOON,
  sampleClaim,
  sampleFinish,
  sampleRelease,
  sampleRun,
} from "../support/sample-run.ts";
import { clientOfTable, quietTable } from "../support/simulated-dynamodb.ts";
import { storedItems } from "../support/stored-items.ts";

const LAG_MS = 1_000;
const MINUTE = 60_000;

let now: number;
let client: DynamoDBClient;
let store: RunStore;
beforeEach(() => {
  now = NOON;
  client = clientOfTable(quietTable({ now: () => now, lagMs: LAG_MS }));
  store = createDynamoRunStore({ client, table: "test", now: () => now });
});

async function created(changes: Partial<NewRun> = {}): Promise<NewRun> {
  const run = sampleRun({ dueAt: NOON, ...changes });
  await store.create(run);
  return run;
}
/** Runs that are due one after the other, made in another order; by when they are due. */
async function createdInTurn(count: number, isMeant = (_runId: string) => true): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; ) {
    const run = sampleRun({ dueAt: NOON + ((made * 7) % count) });
    if (!isMeant(run.runId)) continue;
    await store.create(run);
    ids[(made * 7) % count] = run.runId;
    made += 1;
  }
  return ids;
}
const due = async (limit: number) =>
  (await store.due(Number.POSITIVE_INFINITY, limit)).map(({ runId }) => runId);

test("the runs that are due first come first, whichever partitions they are in", async () => {
  const ids = await createdInTurn(24);
  now += LAG_MS;
  expect(await due(5)).toEqual(ids.slice(0, 5));
  expect(await due(100)).toEqual(ids);
});

describe("an index that is behind", () => {
  test("gives no run that has ended, and none that was moved", async () => {
    const [ended, moved, waiting] = [await created(), await created(), await created()];
    now += LAG_MS;
    const { lease } = await mustClaim(store, ended.runId, sampleClaim(now));
    await store.finish(lease, sampleFinish());
    await store.postpone({ runId: moved.runId, dueAt: NOON, status: "queued" }, now + MINUTE);
    expect((await store.due(now, 10)).map(({ runId }) => runId)).toEqual([waiting.runId]);
    expect(await due(10)).toEqual([waiting.runId, moved.runId]);
  });

  test("gives no run that has expired, although it shows one that was taken out", async () => {
    await created({ expiresAt: (NOON + MINUTE) / 1000 });
    const alive = await created();
    now += MINUTE;
    for (const _again of [1, 2]) expect(await due(10)).toEqual([alive.runId]);
  });
});

test("a run that was found expired, and is kept longer by the time it is taken out, stays in the index", async () => {
  const { runId } = await created({ expiresAt: (NOON + MINUTE) / 1000 });
  now += MINUTE;
  let isKept = false;
  const send = async (command: UpdateItemCommand) => {
    if (command instanceof UpdateItemCommand && !isKept) {
      isKept = true;
      const later = { expires_at: { N: String(NOON) } };
      await storedItems(client, "test").change(`run#${runId}`, "run", later);
    }
    return client.send(command);
  };
  const slow = { client: { send } as unknown as DynamoDBClient, table: "test", now: () => now };
  await createDynamoRunStore(slow).due(now, 10);
  now += LAG_MS;
  expect([isKept, await due(10)]).toEqual([true, [runId]]);
});

test("a due run says no more of lease and wait than there is", async () => {
  const queued = await created();
  const { lease } = await mustClaim(store, (await created({ dueAt: NOON + 1 })).runId);
  await store.release(lease, sampleRelease({ dueAt: NOON + 1 }));
  now += LAG_MS;
  expect(await store.due(NOON + 1, 10)).toStrictEqual([
    { runId: queued.runId, dueAt: NOON, status: "queued" },
    { runId: lease.runId, dueAt: NOON + 1, status: "queued" },
  ]);
});

describe("what the index is asked", () => {
  const asked: (number | undefined)[] = [];
  /** A store whose queries give pages of one entry. */
  const inSmallPages = () => {
    asked.length = 0;
    const send = (command: QueryCommand): Promise<QueryCommandOutput> => {
      if (!(command instanceof QueryCommand)) return client.send(command);
      if (command.input.ExpressionAttributeValues?.[":shard"]?.S === "d#0") asked.push(command.input.Limit);
      return client.send(new QueryCommand({ ...command.input, Limit: 1 }));
    };
    store = createDynamoRunStore({
      client: { send } as unknown as DynamoDBClient,
      table: "test",
      now: () => now,
    });
  };

  test("is no more pages than hold the runs that are wanted", async () => {
    const ids = await createdInTurn(6, (runId) => duePartition(runId) === "d#0");
    now += LAG_MS;
    inSmallPages();
    expect(await due(3)).toEqual(ids.slice(0, 3));
    expect(asked).toEqual([3, 3, 3]);
  });

  test("is at most a thousand entries at a time", async () => {
    inSmallPages();
    await due(5_000);
    expect(asked).toEqual([1_000]);
  });
});
