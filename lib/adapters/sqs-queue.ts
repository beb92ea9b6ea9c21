import {
  ChangeMessageVisibilityCommand,
  MessageNotInflight,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { batchesOf } from "../core/batches-of.ts";
import { FlowError } from "../core/flow-error.ts";
import { formatMessage, MAX_DELAY_SECONDS, type Queue, type RunMessage } from "../core/ports/queue.ts";
import { callAws } from "./aws-errors.ts";

// Limits of SendMessageBatch and ChangeMessageVisibility.
const BATCH = 10;
const LONGEST_VISIBILITY_SECONDS = 12 * 60 * 60;
// A reason is for people; SQS counts it into the message's 1 MiB.
const LONGEST_REASON = 1_000;

/** The client needs its own `endpoint` where the queue is not AWS's: it ignores AWS_ENDPOINT_URL_SQS. */
export interface SqsQueueOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly deadLetterUrl: string;
}

/** The work queue and its dead-letter queue in SQS. */
export function createSqsQueue({ client, queueUrl, deadLetterUrl }: SqsQueueOptions): Queue {
  const sendBatch = async (messages: readonly RunMessage[]) => {
    const batch = new SendMessageBatchCommand({
      QueueUrl: queueUrl,
      Entries: messages.map((message, index) => ({ Id: String(index), MessageBody: formatMessage(message) })),
    });
    const { Failed = [] } = await callAws("sending messages", () => client.send(batch));
    return Failed.map(({ Id, Code, SenderFault, Message }) => ({
      message: messages[Number(Id)] as RunMessage,
      senderFault: SenderFault === true,
      why: `${Code}: ${Message ?? "no reason given"}`,
    }));
  };

  return {
    async send(message, delaySeconds = 0) {
      const send = new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: formatMessage(message),
        DelaySeconds: Math.min(Math.ceil(delaySeconds), MAX_DELAY_SECONDS),
      });
      await callAws("sending a message", () => client.send(send));
    },
    async sendAll(messages) {
      for (const batch of batchesOf(messages, BATCH)) {
        const failed = await sendBatch(batch);
        const [still] = failed.length > 0 ? await sendBatch(failed.map(({ message }) => message)) : [];
        if (still)
          throw new FlowError(
            still.senderFault ? "internal" : "server_error",
            `sending messages: the queue did not take run ${still.message.runId} twice (${still.why})`,
          );
      }
    },
    async giveBack(receiptHandle, seconds) {
      const change = new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: Math.min(Math.ceil(seconds), LONGEST_VISIBILITY_SECONDS),
      });
      try {
        await callAws("giving a message back", () => client.send(change));
      } catch (thrown) {
        // Its visibility ran out meanwhile: the queue has it back already.
        if (!(thrown instanceof MessageNotInflight)) throw thrown;
      }
    },
    async deadLetter(message, reason) {
      const attributes = {
        reason_class: reason.class,
        reason_message: reason.message,
        reason_step: reason.step ?? "",
      };
      const send = new SendMessageCommand({
        QueueUrl: deadLetterUrl,
        MessageBody: formatMessage(message),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes)
            .filter(([, value]) => value !== "")
            .map(([name, value]) => [name, { DataType: "String", StringValue: sendable(value) }]),
        ),
      });
      await callAws("sending to the dead-letter queue", () => client.send(send));
    },
  };
}

/** SQS refuses a message with any character that XML 1.0 does not allow (SendMessage, API reference). */
function sendable(value: string): string {
  return value
    .slice(0, LONGEST_REASON)
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
}
