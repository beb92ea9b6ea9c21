import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { DeadLetterReason } from "../core/ports/queue.ts";
import { callAws } from "./aws-errors.ts";

// A reason is for people; SQS counts it into the message's 1 MiB.
const LONGEST_REASON = 1_000;

/** The attributes of a dead letter that say why it is one. */
export const REASON_ATTRIBUTES = {
  class: "reason_class",
  message: "reason_message",
  step: "reason_step",
} as const;

/** Puts a text into a dead-letter queue of SQS with its reason. @throws as the service's faults are told. */
export async function buryMessage(
  { client, deadLetterUrl }: { readonly client: SQSClient; readonly deadLetterUrl: string },
  body: string,
  reason: DeadLetterReason,
): Promise<void> {
  const attributes = [
    [REASON_ATTRIBUTES.class, reason.class],
    [REASON_ATTRIBUTES.message, reason.message],
    [REASON_ATTRIBUTES.step, reason.step ?? ""],
  ] as const;
  const send = new SendMessageCommand({
    QueueUrl: deadLetterUrl,
    MessageBody: body,
    MessageAttributes: Object.fromEntries(
      attributes
        .filter(([, value]) => value !== "")
        .map(([name, value]) => [name, { DataType: "String", StringValue: sendable(value) }]),
    ),
  });
  await callAws("sending to the dead-letter queue", () => client.send(send));
}

/** SQS refuses a message with any character that XML 1.0 does not allow (SendMessage, API reference). */
function sendable(value: string): string {
  return value
    .slice(0, LONGEST_REASON)
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
}
