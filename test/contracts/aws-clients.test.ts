import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from "@jest/globals";
import { dynamoClient, INGEST_TRY_MS, secretsClient, sqsClient } from "../../lib/adapters/aws-clients.ts";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import { createWorld } from "../support/world.ts";

const names = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
const endpoints = ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_SECRETS_MANAGER"];
/** A service that takes every request and answers none: a host that has stalled, a connection that is half open. */
let stuck: Server;
let asked: string[];

beforeAll(async () => {
  stuck = createServer(({ headers }) => void asked.push(String(headers["x-amz-target"])));
  await new Promise<void>((listening) => stuck.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(stuck.address() as AddressInfo).port}`;
  for (const name of names) process.env[name] = "test";
  for (const name of endpoints) process.env[name] = url;
});
afterAll(() => {
  for (const name of [...names, ...endpoints]) delete process.env[name];
  stuck.closeAllConnections();
  stuck.close();
});
beforeEach(() => {
  asked = [];
  jest.useFakeTimers({ doNotFake: ["setImmediate", "nextTick", "queueMicrotask", "performance"] });
});
afterEach(() => {
  jest.useRealTimers();
});

/** Lets the clock run, slowly enough for what travels over loopback meanwhile, until the work ends. */
async function untilEnded(work: Promise<unknown>): Promise<void> {
  let ended = false;
  const end = () => {
    ended = true;
  };
  work.then(end, end);
  for (let passedMs = 0; !ended; passedMs += 100) {
    const began = performance.now();
    while (performance.now() - began < 4) await new Promise(setImmediate);
    await jest.advanceTimersByTimeAsync(100);
    if (passedMs > 120_000) throw new Error("it does not end");
  }
}

test("calls that are not answered are tried again, and fail in the end", async () => {
  const calls = Promise.allSettled([
    dynamoClient().send(new ListTablesCommand()),
    sqsClient().send(new ListQueuesCommand()),
    secretsClient().send(new GetSecretValueCommand({ SecretId: "any" })),
  ]);
  await untilEnded(calls);
  for (const call of await calls)
    expect(call).toMatchObject({ status: "rejected", reason: { name: "TimeoutError" } });
  const triesOf = (target: string) => asked.filter((one) => one.startsWith(target)).length;
  // The SDK tries once more with DynamoDB than with the others.
  expect(["DynamoDB", "AmazonSQS", "secretsmanager"].map(triesOf)).toEqual([4, 3, 3]);
});

test("ingest answers 503 while its 29 seconds last when the table does not answer", async () => {
  const world = createWorld({
    file: { steps: [] },
    wrapStore: (_memory, { now }) =>
      createDynamoRunStore({ client: dynamoClient({ tryMs: INGEST_TRY_MS }), table: "any", now }),
  });
  const answer = world.post({});
  await untilEnded(answer);
  expect(await answer).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.length * INGEST_TRY_MS).toBeLessThan(27_000);
});
