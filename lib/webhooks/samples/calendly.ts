import type { SampleMaker } from "../sample.ts";

/** Somebody booked a meeting. */
export const calendlySample: SampleMaker = ({ uuid, iso }) => ({
  json: {
    event: "invitee.created",
    created_at: iso,
    created_by: "https://api.calendly.com/users/example",
    payload: {
      uri: `https://api.calendly.com/scheduled_events/example/invitees/${uuid}`,
      email: "ada@example.com",
      name: "Ada Lovelace",
      status: "active",
      timezone: "Europe/Berlin",
      event: "https://api.calendly.com/scheduled_events/example",
      questions_and_answers: [{ question: "What about?", answer: "The export", position: 0 }],
    },
  },
});
