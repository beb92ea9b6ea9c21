import type { SampleMaker } from "../sample.ts";

/** An event of whatever sends through Svix. */
export const svixSample: SampleMaker = ({ hex, iso }) => ({
  json: {
    type: "invoice.paid",
    timestamp: iso,
    data: { id: `inv_${hex.slice(0, 12)}`, amount: 4200, currency: "EUR", customer: "ada@example.com" },
  },
});
