import type { SampleMaker } from "../sample.ts";

/** A payment was made. */
export const squareSample: SampleMaker = ({ hex, uuid, iso }) => ({
  json: {
    merchant_id: "ML0EXAMPLE",
    type: "payment.created",
    event_id: uuid,
    created_at: iso,
    data: {
      type: "payment",
      id: hex.slice(0, 22),
      object: {
        payment: {
          id: hex.slice(0, 22),
          status: "APPROVED",
          amount_money: { amount: 4200, currency: "EUR" },
          location_id: "L0EXAMPLE",
          source_type: "CARD",
          created_at: iso,
        },
      },
    },
  },
});
