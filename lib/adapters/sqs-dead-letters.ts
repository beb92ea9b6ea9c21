import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  MessageNotInflight,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { DeadLetter, DeadLetters } from "../core/ports/dead-letters.ts";
import { parseMessage } from "../core/ports/queue.ts";
import { callAws } from "./aws-errors.ts";

// What ReceiveMessage gives at most.
const MOST = 10;

/** The client needs its own `endpoint` where the queue is not AWS's. */
export interface SqsDeadLettersOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  /** How long to wait for a message; without a wait some of SQS's servers are asked only. Default: 1. */
  readonly waitSeconds?: number;
}

/** The dead-letter queue in SQS. */
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
        MessageSystemAttributeNames: ["SentTimestamp"],
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
  const attribute = (name: string) => message.MessageAttributes?.[name]?.StringValue;
  const runId = parseMessage(Body)?.runId;
  const errorClass = attribute("reason_class");
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    ...(runId !== undefined && { runId }),
    ...(errorClass !== undefined && {
      reason: {
        class: errorClass,
        message: attribute("reason_message") ?? "",
        step: attribute("reason_step") ?? null,
      },
    }),
    sentAt: Number(message.Attributes?.SentTimestamp ?? 0),
  };
}
