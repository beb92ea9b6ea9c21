import type { SQSEvent } from "aws-lambda";
import type { InboxMessage } from "../../lib/app/inbox-message.ts";
import type { QueueMessage } from "../../lib/app/queue-message.ts";
import type { JsonObject } from "../../lib/core/json.ts";

/** ARN of the inbox of a stage in a test. */
export const INBOX_ARN = "arn:aws:sqs:eu-west-1:123456789012:hookline-test-inbox";
const SENT = Date.parse("2026-01-02T03:04:05.678Z");

/** A message as its queue delivers it for the first time. */
export function queueMessage(more: Partial<QueueMessage>): QueueMessage {
  return {
    messageId: "059f36b4-87a3-44ab-83d2-661975830a7d",
    receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...",
    queueArn: "arn:aws:sqs:eu-west-1:123456789012:orders",
    body: "{}",
    sentAt: SENT,
    receiveCount: 1,
    attributes: {},
    ...more,
  };
}

/** The event that Lambda makes of a message (Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
export function sqsEvent(more: Partial<QueueMessage>): SQSEvent {
  const { messageId, receiptHandle, body, queueArn, sentAt, receiveCount } = queueMessage(more);
  return {
    Records: [
      {
        messageId,
        receiptHandle,
        body,
        attributes: {
          ApproximateReceiveCount: String(receiveCount),
          SentTimestamp: String(sentAt),
          SenderId: "AIDAIENQZJOLO23YVJ4VO",
          ApproximateFirstReceiveTimestamp: String(sentAt + 1),
        },
        messageAttributes: {},
        md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
        eventSource: "aws:sqs",
        eventSourceARN: queueArn,
        awsRegion: "eu-west-1",
      },
    ],
  };
}

/** A message of the stage's own inbox. */
export function inboxMessage(message: InboxMessage, more: Partial<QueueMessage> = {}): QueueMessage {
  return queueMessage({ queueArn: INBOX_ARN, body: JSON.stringify(message), ...more });
}

/** A tick of the schedule of `example`. */
export function tick(scheduledAt: string, workflow = "example"): QueueMessage {
  return inboxMessage(
    { source: "hookline.cron", workflow, scheduled_at: scheduledAt },
    { messageId: `tick ${scheduledAt}` },
  );
}

/** An event of EventBridge for `example`, as a rule of the stage writes it into the inbox. */
export function bridged(event: JsonObject, more: Partial<QueueMessage> = {}): QueueMessage {
  return inboxMessage({ source: "hookline.event", workflow: "example", event }, more);
}

/** An order, as an application tells of it (EventBridge User Guide, "Event structure"). */
export const ORDER_EVENT = {
  version: "0",
  id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
  "detail-type": "order.placed",
  source: "shop",
  account: "111122223333",
  time: "2026-01-02T03:04:05Z",
  region: "eu-west-1",
  resources: [],
  detail: { id: 7, total: 42.5 },
} as const;

/** A new object, as S3 tells of it (S3 User Guide, "EventBridge event message structure"). */
export const OBJECT_EVENT = {
  version: "0",
  id: "17793124-05d4-b198-2fde-7ededc63b103",
  "detail-type": "Object Created",
  source: "aws.s3",
  account: "111122223333",
  time: "2026-01-02T03:04:05Z",
  region: "eu-west-1",
  resources: ["arn:aws:s3:::uploads"],
  detail: {
    version: "0",
    bucket: { name: "uploads" },
    object: {
      key: "in/a b.csv",
      size: 5,
      etag: "b1946ac92492d2347c6235b4d2611184",
      "version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
      sequencer: "617f08299329d189",
    },
    "request-id": "N4N7GDK58NMKJ12R",
    requester: "123456789012",
    "source-ip-address": "198.51.100.7",
    reason: "PutObject",
  },
} as const;
