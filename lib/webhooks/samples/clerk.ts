import type { SampleMaker } from "../sample.ts";

/** Somebody signed up. */
export const clerkSample: SampleMaker = ({ hex, milliseconds }) => ({
  json: {
    object: "event",
    type: "user.created",
    timestamp: milliseconds,
    instance_id: "ins_example",
    data: {
      id: `user_${hex.slice(0, 27)}`,
      object: "user",
      first_name: "Ada",
      last_name: "Lovelace",
      email_addresses: [{ id: "idn_example", email_address: "ada@example.com" }],
      primary_email_address_id: "idn_example",
      created_at: milliseconds,
    },
  },
});
