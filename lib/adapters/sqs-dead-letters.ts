import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  type MessageAttributeValue,
  MessageNotInflight,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { DeadLetter, DeadLetters, MessageAttribute } from "../core/ports/dead-letters.ts";
import { parseMessage } from "../core/ports/queue.ts";
import { callAws } from "./aws-errors.ts";
import { REASON_ATTRIBUTES } from "./bury-message.ts";

// What ReceiveMessage gives at most.
const MOST = 10;
const REASONS: ReadonlySet<string> = new Set(Object.values(REASON_ATTRIBUTES));

/** The client needs its own `endpoint` where the queue is not AWS's. */
export interface SqsDeadLettersOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  /** How long to wait for a message; without a wait some of SQS's servers are asked only. Default: 1. */
  readonly waitSeconds?: number;
}

/** A dead-letter queue in SQS. */
export function createSqsDeadLetters({
  client,
  queueUrl,
  waitSeconds = 1,
}: SqsDeadLettersOptions): DeadLetters {
  return {
    async receive(hiddenSeconds) {
      const receive = new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: MOST,
        VisibilityTimeout: hiddenSeconds,
        WaitTimeSeconds: waitSeconds,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["SentTimestamp", "MessageGroupId", "DeadLetterQueueSourceArn"],
      });
      const { Messages = [] } = await callAws("reading the dead-letter queue", () => client.send(receive));
      return Messages.map(deadLetter);
    },
    async remove(ReceiptHandle) {
      const remove = new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle });
      await callAws("removing a dead letter", () => client.send(remove));
    },
    async putBack(ReceiptHandle) {
      const show = new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle,
        VisibilityTimeout: 0,
      });
      try {
        await callAws("putting a dead letter back", () => client.send(show));
      } catch (thrown) {
        if (!(thrown instanceof MessageNotInflight)) throw thrown;
      }
    },
  };
}

function deadLetter({ MessageId = "", ReceiptHandle = "", Body = "", ...message }: Message): DeadLetter {
  const { MessageAttributes = {}, Attributes = {} } = message;
  const attribute = (name: string) => MessageAttributes[name]?.StringValue;
  const runId = parseMessage(Body)?.runId;
  const errorClass = attribute(REASON_ATTRIBUTES.class);
  const { MessageGroupId: group, DeadLetterQueueSourceArn: givenUpBy } = Attributes;
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    ...(runId !== undefined && { runId }),
    ...(errorClass !== undefined && {
      reason: {
        class: errorClass,
        message: attribute(REASON_ATTRIBUTES.message) ?? "",
        step: attribute(REASON_ATTRIBUTES.step) ?? null,
      },
    }),
    sentAt: Number(Attributes.SentTimestamp ?? 0),
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes)
        .filter(([name]) => !REASONS.has(name))
        .map(([name, value]) => [name, attributeOf(value)]),
    ),
    ...(group !== undefined && { group }),
    ...(givenUpBy !== undefined && { givenUpBy }),
  };
}

function attributeOf({
  DataType = "String",
  StringValue,
  BinaryValue,
}: MessageAttributeValue): MessageAttribute {
  return {
    type: DataType,
    ...(StringValue !== undefined && { text: StringValue }),
    ...(BinaryValue !== undefined && { bytes: BinaryValue }),
  };
}
