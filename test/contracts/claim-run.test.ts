import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { beforeEach, expect, test } from "@jest/globals";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import type { RunStore } from "../../lib/core/ports/run-store.ts";
import {
  mustClaim,
  NOON,
  sampleClaim,
  sampleEntry,
  sampleFinish,
  sampleRelease,
  sampleRun,
} from "../support/sample-run.ts";
import { clientOfTable, quietTable } from "../support/simulated-dynamodb.ts";

const MINUTE = 60_000;

let client: DynamoDBClient;
let store: RunStore;
let runId: string;
const storeOn = (one: DynamoDBClient) =>
  createDynamoRunStore({ client: one, table: "test", now: () => NOON });
beforeEach(async () => {
  client = clientOfTable(quietTable());
  store = storeOn(client);
  const run = sampleRun();
  await store.create(run);
  runId = run.runId;
});

test("a run that looks free and is taken again and again counts as held by somebody after three tries", async () => {
  let tries = 0;
  const send = async (command: UpdateItemCommand) => {
    if (!(command instanceof UpdateItemCommand)) return client.send(command);
    tries += 1;
    throw new ConditionalCheckFailedException({ message: "taken", $metadata: {} });
  };
  const contended = storeOn({ send } as unknown as DynamoDBClient);
  expect(await contended.claim(runId, sampleClaim())).toEqual({ kind: "held", until: NOON });
  expect(tries).toBe(3);
});

test("a fence is missed when it is lost: the lease behind it noted that it was there", async () => {
  const first = await mustClaim(store, runId);
  await store.release(first.lease, sampleRelease());
  const second = await mustClaim(store, runId);
  expect(second.nextSegment).toBe(2);
  await store.release(second.lease, sampleRelease());
  const Key = { pk: { S: `run#${runId}` }, sk: { S: "seg#000001" } };
  await client.send(new DeleteItemCommand({ TableName: "test", Key }));
  const third = await store.claim(runId, sampleClaim());
  if (third.kind !== "damaged") throw new Error(third.kind);
  expect(third.run.error.message).toMatch(/seg#000001 is missing.*there were 1/);
});

test("a process that died alone is known by what it left behind, whatever earlier ones did", async () => {
  const first = await mustClaim(store, runId);
  await store.append(first.lease, 1, [sampleEntry("0")]);
  await store.release(first.lease, sampleRelease());
  await mustClaim(store, runId);
  const third = await mustClaim(store, runId, sampleClaim(NOON + MINUTE));
  expect(third).toMatchObject({ afterDeath: true, diedAlone: true, leftBehind: [] });
});

test("a claim that sleeps before its fence finds the run ended by another one, and adds nothing to its journal", async () => {
  const first = await mustClaim(store, runId);
  await store.release(first.lease, sampleRelease());
  let hasSlept = false;
  const send = async (command: PutItemCommand) => {
    if (command instanceof PutItemCommand && !hasSlept) {
      hasSlept = true;
      const other = await mustClaim(store, runId, sampleClaim(NOON + MINUTE));
      await store.finish(other.lease, sampleFinish());
    }
    return client.send(command);
  };
  const sleepy = storeOn({ send } as unknown as DynamoDBClient);
  expect(await sleepy.claim(runId, sampleClaim())).toEqual({ kind: "final", status: "succeeded" });
  expect(await store.get(runId)).toMatchObject({ status: "succeeded" });
});
