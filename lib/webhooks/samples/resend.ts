import type { SampleMaker } from "../sample.ts";

/** A message was delivered. */
export const resendSample: SampleMaker = ({ uuid, iso }) => ({
  json: {
    type: "email.delivered",
    created_at: iso,
    data: {
      email_id: uuid,
      from: "Planner <orders@example.com>",
      to: ["ada@example.com"],
      subject: "Your order",
      created_at: iso,
    },
  },
});
