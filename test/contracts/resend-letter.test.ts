import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { buryMessage } from "../../lib/adapters/bury-message.ts";
import { resendLetter } from "../../lib/adapters/resend-letter.ts";
import { createSqsDeadLetters } from "../../lib/adapters/sqs-dead-letters.ts";
import { type Fauxqs, startFauxqs } from "../support/fauxqs.ts";

let fauxqs: Fauxqs;
beforeAll(async () => {
  fauxqs = await startFauxqs();
});
afterAll(() => fauxqs.stop());

const receive = async (QueueUrl: string) => {
  const ask = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ["All"],
    MessageSystemAttributeNames: ["All"],
  });
  return (await fauxqs.client.send(ask)).Messages ?? [];
};
const letterIn = async (queueUrl: string) => {
  const [letter] = await createSqsDeadLetters({ client: fauxqs.client, queueUrl, waitSeconds: 0 }).receive(
    60,
  );
  if (!letter) throw new Error("there is no dead letter");
  return letter;
};

test("a dead letter that is sent back is the message that was sent first: its body, its attributes", async () => {
  const { client } = fauxqs;
  const [queueUrl, deadLetterUrl] = [await fauxqs.createQueue(60), await fauxqs.createQueue(60)];
  const MessageAttributes = {
    kind: { DataType: "String", StringValue: "order" },
    total: { DataType: "Number.int", StringValue: "7" },
    seal: { DataType: "Binary", BinaryValue: Uint8Array.of(0, 255) },
  };
  await client.send(
    new SendMessageCommand({ QueueUrl: deadLetterUrl, MessageBody: " {}\n", MessageAttributes }),
  );
  await resendLetter({ client, queueUrl }, await letterIn(deadLetterUrl));
  expect(await receive(queueUrl)).toMatchObject([{ Body: " {}\n", MessageAttributes }]);
});

test("the reason stays behind", async () => {
  const { client } = fauxqs;
  const [queueUrl, deadLetterUrl] = [await fauxqs.createQueue(60), await fauxqs.createQueue(60)];
  await buryMessage({ client, deadLetterUrl }, "{}", {
    class: "connection",
    message: "no table",
    step: null,
  });
  const letter = await letterIn(deadLetterUrl);
  expect(letter.reason).toEqual({ class: "connection", message: "no table", step: null });
  await resendLetter({ client, queueUrl }, letter);
  const [message] = await receive(queueUrl);
  expect([message?.Body, message?.MessageAttributes]).toEqual(["{}", undefined]);
});

test("a queue that keeps an order gets it in its group, and once however often it is sent", async () => {
  const { client } = fauxqs;
  const made = async (QueueName: string) => {
    await client.send(new CreateQueueCommand({ QueueName, Attributes: { FifoQueue: "true" } }));
    return `${fauxqs.url}/000000000000/${QueueName}`;
  };
  const [queueUrl, deadLetterUrl] = [await made("orders.fifo"), await made("orders-dead.fifo")];
  const about = { MessageGroupId: "customer-7", MessageDeduplicationId: "first" };
  await client.send(new SendMessageCommand({ QueueUrl: deadLetterUrl, MessageBody: "{}", ...about }));
  const letter = await letterIn(deadLetterUrl);
  for (const _twice of [1, 2]) await resendLetter({ client, queueUrl }, letter);
  expect(await receive(queueUrl)).toMatchObject([
    { Body: "{}", Attributes: { MessageGroupId: "customer-7" } },
  ]);
});
