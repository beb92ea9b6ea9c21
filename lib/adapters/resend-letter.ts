import { type MessageAttributeValue, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { DeadLetter, MessageAttribute } from "../core/ports/dead-letters.ts";
import { callAws } from "./aws-errors.ts";

/** Sends a dead letter to a queue as it was sent first: its body, its attributes, its group. @throws as the service's faults are told. */
export async function resendLetter(
  { client, queueUrl }: { readonly client: SQSClient; readonly queueUrl: string },
  { messageId, body, attributes, group }: DeadLetter,
): Promise<void> {
  const send = new SendMessageCommand({
    QueueUrl: queueUrl,
    MessageBody: body,
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, attribute]) => [name, attributeValue(attribute)]),
    ),
    // A queue that keeps an order takes one copy only within five minutes.
    ...(group !== undefined && { MessageGroupId: group, MessageDeduplicationId: messageId }),
  });
  await callAws("sending a dead letter back", () => client.send(send));
}

function attributeValue({ type, text, bytes }: MessageAttribute): MessageAttributeValue {
  return {
    DataType: type,
    ...(text !== undefined && { StringValue: text }),
    ...(bytes !== undefined && { BinaryValue: bytes }),
  };
}
