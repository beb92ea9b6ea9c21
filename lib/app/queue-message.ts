import type { SQSMessageAttribute, SQSRecord } from "aws-lambda";
import type { JsonObject } from "../core/json.ts";

/** A message as its queue delivers it. */
export interface QueueMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly queueArn: string;
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** Deliveries of it so far, this one included. */
  readonly receiveCount: number;
  /** What its sender gave with it, by name. */
  readonly attributes: JsonObject;
}

/** Reads a record of an event source mapping. */
export function toQueueMessage(record: SQSRecord): QueueMessage {
  const { messageId, receiptHandle, eventSourceARN, body, attributes, messageAttributes } = record;
  return {
    messageId,
    receiptHandle,
    queueArn: eventSourceARN,
    body,
    sentAt: Number(attributes.SentTimestamp),
    receiveCount: Number(attributes.ApproximateReceiveCount),
    attributes: Object.fromEntries(
      Object.entries(messageAttributes).map(([name, value]) => [name, textOf(value)]),
    ),
  };
}

/** Binary values come as base64. */
function textOf({ stringValue, binaryValue }: SQSMessageAttribute): string {
  return stringValue ?? binaryValue ?? "";
}
