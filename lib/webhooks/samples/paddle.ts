import type { SampleMaker } from "../sample.ts";

/** A transaction was completed. */
export const paddleSample: SampleMaker = ({ hex, iso }) => ({
  json: {
    event_id: `evt_${hex.slice(0, 26)}`,
    event_type: "transaction.completed",
    occurred_at: iso,
    notification_id: `ntf_${hex.slice(6)}`,
    data: {
      id: `txn_${hex.slice(0, 26)}`,
      status: "completed",
      customer_id: "ctm_example",
      currency_code: "EUR",
      items: [{ price: { id: "pri_example" }, quantity: 1 }],
      details: { totals: { total: "4200", tax: "671", currency_code: "EUR" } },
    },
  },
});
