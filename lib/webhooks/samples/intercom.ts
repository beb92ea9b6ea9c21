import type { SampleMaker } from "../sample.ts";

/** A user began a conversation. */
export const intercomSample: SampleMaker = ({ hex, number, seconds }) => ({
  json: {
    type: "notification_event",
    id: `notif_${hex}`,
    app_id: "example",
    topic: "conversation.user.created",
    created_at: seconds,
    delivery_attempts: 1,
    data: {
      type: "notification_event_data",
      item: {
        type: "conversation",
        id: String(number),
        source: {
          type: "conversation",
          body: "<p>Where is my invoice?</p>",
          delivered_as: "customer_initiated",
        },
        contacts: { type: "contact.list", contacts: [{ type: "contact", id: "contact-1" }] },
        open: true,
      },
    },
  },
});
