import type { AddressInfo } from "node:net";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { buildApp } from "fauxqs";
import { type EventSourceMapping, startEventSourceMapping } from "../../lib/local/event-source-mapping.ts";
import { LOCAL_CREDENTIALS, LOCAL_REGION } from "../../lib/local/local-names.ts";

const server = buildApp({ logger: false, defaultRegion: LOCAL_REGION });
let client: SQSClient;
let queueUrl: string;
let mapping: EventSourceMapping;
let queues = 0;

beforeAll(async () => {
  await server.listen({ port: 0, host: "127.0.0.1" });
  const { port } = server.server.address() as AddressInfo;
  client = new SQSClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
  });
});
afterAll(async () => {
  client.destroy();
  await server.close();
});
beforeEach(async () => {
  queues += 1;
  const name = `work-${queues}`;
  await client.send(new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: "1" } }));
  queueUrl = `${await client.config.endpoint?.().then(({ hostname, port }) => `http://${hostname}:${port}`)}/000000000000/${name}`;
});
afterEach(() => mapping.stop());

const send = (body: string) => client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));

/** Starts the mapping with a function; `ended` hears of each invocation's end. */
function serve(concurrency: number, invoke: (event: SQSEvent) => Promise<SQSBatchResponse>): void {
  mapping = startEventSourceMapping({ client, queueUrl, concurrency, invoke, log: () => {} });
}

async function left(): Promise<number> {
  const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...names] }),
  );
  return names.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

describe("the event source mapping", () => {
  test("hands over records as Lambda gets them, and deletes what succeeded", async () => {
    const events: SQSEvent[] = [];
    const called = Promise.withResolvers<void>();
    await send('{"run_id":"a"}');
    serve(1, async (event) => {
      events.push(event);
      called.resolve();
      return { batchItemFailures: [] };
    });
    await called.promise;
    await mapping.stop();
    expect(events[0]?.Records[0]).toMatchObject({
      body: '{"run_id":"a"}',
      attributes: { ApproximateReceiveCount: "1", SentTimestamp: expect.stringMatching(/^\d{13}$/) },
      messageAttributes: {},
      md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventSource: "aws:sqs",
      eventSourceARN: expect.stringMatching(/^arn:aws:sqs:us-east-1:000000000000:work-\d+$/),
      awsRegion: "us-east-1",
    });
    expect(await left()).toBe(0);
  });

  test("hands over attributes, and names the queue as it is told to", async () => {
    const called = Promise.withResolvers<SQSEvent>();
    const MessageAttributes = {
      kind: { DataType: "String", StringValue: "order" },
      raw: { DataType: "Binary", BinaryValue: Uint8Array.of(1, 2) },
    };
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: "x", MessageAttributes }));
    mapping = startEventSourceMapping({
      client,
      queueUrl,
      queueArn: "arn:aws:sqs:eu-west-1:123456789012:orders",
      concurrency: 1,
      async invoke(event) {
        called.resolve(event);
        return { batchItemFailures: [] };
      },
      log: () => {},
    });
    expect((await called.promise).Records[0]).toMatchObject({
      eventSourceARN: "arn:aws:sqs:eu-west-1:123456789012:orders",
      messageAttributes: {
        kind: { dataType: "String", stringValue: "order" },
        raw: { dataType: "Binary", binaryValue: "AQI=" },
      },
    });
    await mapping.stop();
  });

  test("messages that are named as failed come back and count their deliveries, the others don't", async () => {
    const deliveries: string[] = [];
    const again = Promise.withResolvers<void>();
    await Promise.all(["good", "bad"].map(send));
    serve(1, async ({ Records }) => {
      for (const { body, attributes } of Records)
        deliveries.push(`${body} ${attributes.ApproximateReceiveCount}`);
      if (deliveries.includes("bad 2")) again.resolve();
      const failed = Records.filter(
        ({ body, attributes }) => body === "bad" && attributes.ApproximateReceiveCount === "1",
      );
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
    await again.promise;
    await mapping.stop();
    expect(deliveries.toSorted()).toEqual(["bad 1", "bad 2", "good 1"]);
    expect(await left()).toBe(0);
  });

  test("a function that throws leaves its whole batch in the queue", async () => {
    const called = Promise.withResolvers<void>();
    await send("a");
    serve(1, async () => {
      called.resolve();
      throw new Error("boom");
    });
    await called.promise;
    await mapping.stop();
    expect(await left()).toBe(1);
  });

  test("several invocations run at once, no more than allowed, and stopping waits for them", async () => {
    const gate = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const busy = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    serve(2, async () => {
      running += 1;
      most = Math.max(most, running);
      started.resolve();
      if (running === 2) busy.resolve();
      await gate.promise;
      running -= 1;
      return { batchItemFailures: [] };
    });
    await send("first");
    await started.promise;
    await send("second");
    await busy.promise;
    await send("third");
    const stopped = mapping.stop();
    gate.resolve();
    await stopped;
    expect([most, running]).toEqual([2, 0]);
    expect(await left()).toBe(1);
  });
});
