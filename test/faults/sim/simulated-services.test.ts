import type { SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, test } from "@jest/globals";
import { createDynamoCache } from "../../../lib/adapters/dynamo/dynamo-cache.ts";
import { createDynamoRunStore } from "../../../lib/adapters/dynamo/dynamo-run-store.ts";
import { createSqsQueue } from "../../../lib/adapters/sqs-queue.ts";
import { cacheContract } from "../../contracts/cache-contract.ts";
import { loopContract } from "../../contracts/loop-contract.ts";
import { operatorContract } from "../../contracts/operator-contract.ts";
import { queueContract, runIdOf } from "../../contracts/queue-contract.ts";
import { runStoreContract } from "../../contracts/run-store-contract.ts";
import { NOON } from "../../support/sample-run.ts";
import { clientOf, clientOfTable, quietTable } from "../../support/simulated-dynamodb.ts";
import { chanceOf } from "../random/chance.ts";
import { createSimulatedQueue } from "./simulated-queue.ts";

const TABLE = "test";

/** A queue whose messages arrive before they are next asked for. */
function quietQueue() {
  let time = NOON;
  const queue = createSimulatedQueue({
    url: "https://queue",
    deadLetterUrl: "https://dead-letters",
    visibilityMs: 60_000,
    maxReceiveCount: 5,
    chance: chanceOf(1),
    manners: () => ({ duplicates: 0, late: 0, undeleted: 0, partial: 0 }),
    now: () => time,
    injected() {},
    visibleAfter() {},
  });
  return {
    ...queue,
    receive(most: number) {
      time += 1_000;
      return queue.receive(most);
    },
  };
}

const openStore = async (now: () => number) =>
  createDynamoRunStore({ client: clientOfTable(quietTable({ now })), table: TABLE, now });

runStoreContract("a run store on the simulated DynamoDB", openStore);
operatorContract("what operators need of a run store on the simulated DynamoDB", openStore);
loopContract("what a run store on the simulated DynamoDB keeps of loops", openStore);
cacheContract("a cache on the simulated DynamoDB", async () =>
  createDynamoCache({ client: clientOfTable(quietTable()), table: TABLE }),
);

describe("the simulated DynamoDB", () => {
  const put = (item: object, more: object = {}) => ({
    name: "PutItemCommand",
    input: { Item: item, ...more },
  });
  const key = { pk: { S: "a" }, sk: { S: "b" } };
  const due = { ...key, due_shard: { S: "d#0" }, due_at: { N: "5" } };
  const inIndex = {
    name: "QueryCommand",
    input: {
      IndexName: "due",
      KeyConditionExpression: "#due_shard = :shard",
      ExpressionAttributeNames: { "#due_shard": "due_shard" },
      ExpressionAttributeValues: { ":shard": { S: "d#0" } },
    },
  };
  const get = { name: "GetItemCommand", input: { Key: key } };

  test("shows a write in an index only when it has got there, and in the table at once", () => {
    let now = NOON;
    const table = quietTable({ now: () => now, ttlLagMs: 0, lagMs: 1_000 });
    table.perform(put(due));
    expect(table.perform(get)).toMatchObject({ Item: due });
    expect(table.perform(inIndex)).toMatchObject({ Items: [] });
    now += 1_000;
    expect(table.perform(inIndex)).toMatchObject({ Items: [due] });
  });

  test("deletes what has expired, late", () => {
    let now = NOON;
    const table = quietTable({ now: () => now, ttlLagMs: 60_000 });
    table.perform(put({ ...key, expires_at: { N: String(NOON / 1000) } }));
    now += 59_000;
    expect(table.perform(get)).toHaveProperty("Item");
    now += 1_000;
    expect(table.perform(get)).not.toHaveProperty("Item");
  });

  test.each([
    ["an item over 400 KB", put({ ...key, data: { B: new Uint8Array(400 * 1024) } })],
    ["a number that is none", put({ ...key, n: { N: "NaN" } })],
    [
      "a condition on a number that is none",
      put(key, {
        ConditionExpression: "#n < :n",
        ExpressionAttributeNames: { "#n": "n" },
        ExpressionAttributeValues: { ":n": { N: "Infinity" } },
      }),
    ],
    ["an index key of another type", put({ ...due, due_at: { S: "5" } })],
    ["a name that no expression uses", put(key, { ExpressionAttributeNames: { "#a": "a" } })],
    [
      "a value that is not given",
      put(key, { ConditionExpression: "#pk = :a", ExpressionAttributeNames: { "#pk": "pk" } }),
    ],
    [
      "a batch of 26",
      {
        name: "BatchWriteItemCommand",
        input: {
          RequestItems: {
            t: Array.from({ length: 26 }, (_none, n) => ({
              DeleteRequest: { Key: { ...key, sk: { S: `${n}` } } },
            })),
          },
        },
      },
    ],
    [
      "the same key twice in a batch",
      { name: "BatchGetItemCommand", input: { RequestItems: { t: { Keys: [key, key] } } } },
    ],
  ])("refuses %s", (_about, request) => {
    expect(() => quietTable().perform(request)).toThrow(
      expect.objectContaining({ name: "ValidationException" }),
    );
  });
});

queueContract("a queue on the simulated SQS", async () => {
  const service = quietQueue();
  return {
    queue: createSqsQueue({
      client: clientOf(service) as unknown as SQSClient,
      queueUrl: "https://queue",
      deadLetterUrl: "https://dead-letters",
    }),
    receive: async () =>
      service.receive(10).map(({ body, ...message }) => ({ ...message, runId: runIdOf(body) })),
    acknowledge: async (receiptHandle) => service.delete(receiptHandle),
    deadLetters: async () =>
      service.buried.flatMap(({ body, reason }) => (reason ? [{ runId: runIdOf(body), reason }] : [])),
  };
});
