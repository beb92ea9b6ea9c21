import type { SampleMaker } from "../sample.ts";

/** A form was filled in. */
export const typeformSample: SampleMaker = ({ hex, iso }) => ({
  json: {
    event_id: hex.slice(0, 26),
    event_type: "form_response",
    form_response: {
      form_id: "planner1",
      token: hex,
      landed_at: iso,
      submitted_at: iso,
      definition: {
        id: "planner1",
        title: "Tell us",
        fields: [
          { id: "q1", ref: "email", type: "email", title: "Your address" },
          { id: "q2", ref: "seats", type: "number", title: "How many seats?" },
        ],
      },
      answers: [
        { type: "email", email: "ada@example.com", field: { id: "q1", ref: "email", type: "email" } },
        { type: "number", number: 12, field: { id: "q2", ref: "seats", type: "number" } },
      ],
    },
  },
});
