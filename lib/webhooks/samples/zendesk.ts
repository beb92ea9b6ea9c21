import type { SampleMaker } from "../sample.ts";

/** A ticket was opened. */
export const zendeskSample: SampleMaker = ({ hex, uuid, iso }) => ({
  headers: {
    "x-zendesk-account-id": "1815",
    "x-zendesk-webhook-id": "01EXAMPLE0000000000000000",
    "x-zendesk-webhook-invocation-id": hex.slice(0, 26).toUpperCase(),
  },
  json: {
    id: uuid,
    type: "zen:event-type:ticket.created",
    subject: "zen:ticket:42",
    time: iso,
    account_id: 1815,
    event: {},
    detail: {
      id: "42",
      subject: "The export is empty",
      description: "I pressed export and the file has no lines.",
      priority: "NORMAL",
      status: "NEW",
      requester_id: "2001",
    },
  },
});
