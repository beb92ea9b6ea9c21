import { CREDENTIAL_HEADERS } from "../core/credential-headers.ts";
import { FlowError } from "../core/flow-error.ts";
import { jsonOrText } from "../core/json.ts";
import { DEEPEST_EVENT, nestsDeeperThan } from "../core/json-depth.ts";
import { REDACTED } from "../core/redactor.ts";
import type { Arrival } from "./arrival.ts";
import type { QueueMessage } from "./queue-message.ts";

/** A message as an arrival: its body is JSON, or text where it is none. @throws FlowError `invalid_input` for one that nests too deep. */
export function messageArrival({ messageId, queueArn, body, sentAt, attributes }: QueueMessage): Arrival {
  if (nestsDeeperThan(DEEPEST_EVENT, jsonOrText(body)))
    throw new FlowError("invalid_input", `the message is nested more than ${DEEPEST_EVENT} levels deep`);
  return {
    event: {
      body: new TextEncoder().encode(body),
      contentType: "",
      request: {
        method: "SQS",
        path: queueArn,
        query: {},
        headers: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [
            name,
            CREDENTIAL_HEADERS.includes(name.toLowerCase()) ? REDACTED : value,
          ]),
        ),
        received_at: new Date(sentAt).toISOString(),
        delivery_id: messageId,
      },
    },
    at: sentAt,
    id: messageId,
  };
}
