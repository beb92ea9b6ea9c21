import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SendMessageBatchRequestEntry,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createMemoryQueue } from "../../lib/adapters/memory/memory-queue.ts";
import { createSqsQueue } from "../../lib/adapters/sqs-queue.ts";
import { type Fauxqs, startFauxqs } from "../support/fauxqs.ts";
import { type QueueUnderTest, queueContract, runIdOf } from "./queue-contract.ts";

let fauxqs: Fauxqs;
beforeAll(async () => {
  fauxqs = await startFauxqs();
});
afterAll(() => fauxqs.stop());

async function openSqsQueue(): Promise<QueueUnderTest & { readonly queueUrl: string }> {
  const { client } = fauxqs;
  const [queueUrl, deadLetterUrl] = [await fauxqs.createQueue(60), await fauxqs.createQueue(60)];
  const receive = async (QueueUrl: string) => {
    const request = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ["ApproximateReceiveCount"],
      MessageAttributeNames: ["All"],
    });
    return (await client.send(request)).Messages ?? [];
  };
  return {
    queueUrl,
    queue: createSqsQueue({ client, queueUrl, deadLetterUrl }),
    async receive() {
      return (await receive(queueUrl)).map(({ Body, ReceiptHandle = "", Attributes }) => ({
        runId: runIdOf(Body),
        receiptHandle: ReceiptHandle,
        receiveCount: Number(Attributes?.ApproximateReceiveCount),
      }));
    },
    async acknowledge(ReceiptHandle) {
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    },
    async deadLetters() {
      return (await receive(deadLetterUrl)).map(({ Body, MessageAttributes: found = {} }) => ({
        runId: runIdOf(Body),
        reason: {
          class: found.reason_class?.StringValue ?? "",
          message: found.reason_message?.StringValue ?? "",
          step: found.reason_step?.StringValue ?? null,
        },
      }));
    },
  };
}

queueContract("a queue in SQS", openSqsQueue);

queueContract("a queue in memory", async () => {
  const queue = createMemoryQueue({ now: () => 0, visibilitySeconds: 60 });
  return {
    queue,
    receive: async () =>
      queue.receive(10).map(({ body, ...message }) => ({ ...message, runId: runIdOf(body) })),
    acknowledge: async (receiptHandle) => queue.acknowledge(receiptHandle),
    deadLetters: async () => queue.deadLetters.map(({ message, reason }) => ({ ...message, reason })),
  };
});

describe("a queue in memory", () => {
  test("a message whose visibility ran out is delivered again, and its old handle is worth nothing", async () => {
    let now = 0;
    const queue = createMemoryQueue({ now: () => now, visibilitySeconds: 30 });
    await queue.send({ runId: "run-1" });
    const [first] = queue.receive(1);
    expect(queue.nextVisibleAt()).toBe(30_000);
    now = 30_000;
    const [second] = queue.receive(1);
    queue.acknowledge(first?.receiptHandle ?? "");
    expect(second?.receiveCount).toBe(2);
    expect(queue.nextVisibleAt()).toBe(60_000);
    queue.acknowledge(second?.receiptHandle ?? "");
    expect(queue.nextVisibleAt()).toBeUndefined();
  });
});

describe("a queue in SQS", () => {
  /** A client whose batches have their first entry refused, `times` times. */
  const refusing = (times: number, senderFault: boolean) => {
    const client = new SQSClient({
      endpoint: fauxqs.url,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    let left = times;
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const { Entries } = args.input as { Entries?: SendMessageBatchRequestEntry[] };
        if (context.commandName !== "SendMessageBatchCommand" || left === 0) return next(args);
        left -= 1;
        const refused = { Id: "0", Code: "InternalError", SenderFault: senderFault, Message: "try again" };
        if (Entries?.length === 1)
          return { response: {}, output: { $metadata: {}, Failed: [refused] } } as Awaited<
            ReturnType<typeof next>
          >;
        const answer = await next({ ...args, input: { ...args.input, Entries: Entries?.slice(1) } });
        return { ...answer, output: { ...answer.output, Failed: [refused] } };
      },
      { step: "initialize" },
    );
    return client;
  };

  test("an entry of a batch that was refused is sent once more, then the failure is told", async () => {
    const { queueUrl, receive } = await openSqsQueue();
    const messages = ["run-1", "run-2", "run-3"].map((runId) => ({ runId }));
    const sendWith = async (client: SQSClient) => {
      try {
        await createSqsQueue({ client, queueUrl, deadLetterUrl: queueUrl }).sendAll(messages);
      } finally {
        client.destroy();
      }
    };
    await sendWith(refusing(1, false));
    expect((await receive()).map(({ runId }) => runId).sort()).toEqual(["run-1", "run-2", "run-3"]);
    await expect(sendWith(refusing(2, false))).rejects.toMatchObject({
      class: "server_error",
      message: expect.stringContaining("run-1"),
    });
    await expect(sendWith(refusing(2, true))).rejects.toMatchObject({ class: "internal" });
  });

  test("a reason of any length and any characters is taken", async () => {
    const { queue, deadLetters } = await openSqsQueue();
    const message = `\u0000\u{1F600}\uD800\uFFFF${"long ".repeat(1_000)}`;
    await queue.deadLetter({ runId: "run-1" }, { class: "internal", message, step: "" });
    const [letter] = await deadLetters();
    expect(letter?.reason.message).toMatch(/^\uFFFD\u{1F600}\uFFFD\uFFFDlong /u);
    expect(letter?.reason.message.length).toBeLessThanOrEqual(1_000);
  });

  test("a queue that is not there is a connection error", async () => {
    const client = new SQSClient({
      endpoint: "http://127.0.0.1:1",
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    });
    const queueUrl = "http://127.0.0.1:1/000000000000/none";
    const queue = createSqsQueue({ client, queueUrl, deadLetterUrl: queueUrl });
    await expect(queue.send({ runId: "run-1" })).rejects.toMatchObject({ class: "connection" });
    client.destroy();
  });
});
