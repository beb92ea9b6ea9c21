import type { SampleMaker } from "../sample.ts";

/** A checkout was paid. */
export const stripeSample: SampleMaker = ({ hex, seconds }) => ({
  json: {
    id: `evt_${hex.slice(0, 24)}`,
    object: "event",
    api_version: "2025-09-30.clover",
    created: seconds,
    livemode: false,
    pending_webhooks: 1,
    type: "checkout.session.completed",
    request: { id: null, idempotency_key: null },
    data: {
      object: {
        id: `cs_test_${hex}`,
        object: "checkout.session",
        amount_total: 4200,
        currency: "eur",
        customer: "cus_example",
        customer_details: { email: "ada@example.com", name: "Ada Lovelace" },
        mode: "payment",
        payment_status: "paid",
        status: "complete",
      },
    },
  },
});
