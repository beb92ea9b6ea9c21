import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent, SQSMessageAttribute, SQSRecord } from "aws-lambda";
import { localQueueArn } from "./create-resources.ts";
import { LOCAL_REGION } from "./local-names.ts";

/** What joins the queue and the runner. */
export interface EventSourceMappingOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  /** What the records name as their queue; default: the local queue's own ARN. */
  readonly queueArn?: string;
  /** Invocations that may be under way at once. */
  readonly concurrency: number;
  /** How long a look into an empty queue lasts; default: 20 seconds. */
  readonly waitSeconds?: number;
  readonly invoke: (event: SQSEvent) => Promise<SQSBatchResponse>;
  readonly log: (line: string) => void;
}

/** The poller that Lambda runs between a queue and a function. */
export interface EventSourceMapping {
  /** Receives nothing more; resolves when every invocation under way has ended. */
  stop(): Promise<void>;
}

const BATCH_SIZE = 10;
const LONG_POLL_SECONDS = 20;
const PAUSE_AFTER_TROUBLE_MS = 500;

/**
 * Long-polls the queue and invokes the function with up to 10 messages at a time. Messages it does not name as
 * failed are deleted, the others come back after their visibility timeout; so do all of them when it throws.
 */
export function startEventSourceMapping(options: EventSourceMappingOptions): EventSourceMapping {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let slotFree = () => {};

  const poll = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (running.size >= options.concurrency) {
        await new Promise<void>((resolve) => {
          slotFree = resolve;
        });
        continue;
      }
      const messages = await receive(options, stopping.signal);
      if (messages.length === 0) continue;
      const invocation = invokeWith(messages, options).finally(() => {
        running.delete(invocation);
        slotFree();
      });
      running.add(invocation);
    }
  };
  const polling = poll();
  return {
    async stop() {
      stopping.abort();
      slotFree();
      await polling;
      await Promise.all(running);
    },
  };
}

async function receive(options: EventSourceMappingOptions, signal: AbortSignal): Promise<readonly Message[]> {
  try {
    const answer = await options.client.send(
      new ReceiveMessageCommand({
        QueueUrl: options.queueUrl,
        MaxNumberOfMessages: BATCH_SIZE,
        WaitTimeSeconds: options.waitSeconds ?? LONG_POLL_SECONDS,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      }),
      { abortSignal: signal },
    );
    return answer.Messages ?? [];
  } catch (error) {
    if (signal.aborted) return [];
    options.log(`the queue could not be polled: ${String(error)}`);
    await pause(PAUSE_AFTER_TROUBLE_MS, signal);
    return [];
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

async function invokeWith(messages: readonly Message[], options: EventSourceMappingOptions): Promise<void> {
  const queueName = options.queueUrl.slice(options.queueUrl.lastIndexOf("/") + 1);
  const { queueArn = localQueueArn(queueName) } = options;
  try {
    const { batchItemFailures } = await options.invoke({
      Records: messages.map((message) => toRecord(message, queueArn)),
    });
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const done = messages.filter(({ MessageId }) => !failed.has(MessageId ?? ""));
    if (done.length === 0) return;
    await options.client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: options.queueUrl,
        Entries: done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
  } catch (error) {
    options.log(
      `a batch of ${messages.length} failed: ${error instanceof Error ? error.stack : String(error)}`,
    );
  }
}

function toRecord(message: Message, queueArn: string): SQSRecord {
  const attributes = message.Attributes ?? {};
  return {
    messageId: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body: message.Body ?? "",
    attributes: {
      ApproximateReceiveCount: attributes.ApproximateReceiveCount ?? "1",
      SentTimestamp: attributes.SentTimestamp ?? "",
      SenderId: attributes.SenderId ?? "",
      ApproximateFirstReceiveTimestamp: attributes.ApproximateFirstReceiveTimestamp ?? "",
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, toAttribute(value)]),
    ),
    md5OfBody: message.MD5OfBody ?? "",
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: LOCAL_REGION,
  };
}

function toAttribute({
  StringValue,
  BinaryValue,
  DataType = "String",
}: MessageAttributeValue): SQSMessageAttribute {
  return {
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString("base64") }),
    dataType: DataType,
  };
}
