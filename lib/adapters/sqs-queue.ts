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
import { buryMessage } from "./bury-message.ts";

// Limits of SendMessageBatch and ChangeMessageVisibility.
const BATCH = 10;
const LONGEST_VISIBILITY_SECONDS = 12 * 60 * 60;

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
    deadLetter: (message, reason) => buryMessage({ client, deadLetterUrl }, formatMessage(message), reason),
  };
}
