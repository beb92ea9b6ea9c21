import type { SampleMaker } from "../sample.ts";

/** Two messages met their fate: deliveries come in lists. */
export const sendgridSample: SampleMaker = ({ hex, seconds }) => ({
  json: [
    {
      email: "ada@example.com",
      timestamp: seconds,
      event: "delivered",
      "smtp-id": "<planner-42@example.com>",
      category: ["receipt"],
      sg_event_id: `${hex}-1`,
      sg_message_id: "example.filter-0",
      response: "250 OK",
    },
    {
      email: "nobody@example.com",
      timestamp: seconds,
      event: "bounce",
      "smtp-id": "<planner-43@example.com>",
      sg_event_id: `${hex}-2`,
      sg_message_id: "example.filter-1",
      reason: "550 no such user",
      type: "bounce",
    },
  ],
});
