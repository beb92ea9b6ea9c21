import type { Preset } from "../preset.ts";

/** https://docs.stripe.com/webhooks/signature */
export const stripe: Preset = {
  name: "stripe",
  title: "Stripe",
  docs: "https://docs.stripe.com/webhooks/signature",
  secretName: "STRIPE_WEBHOOK_SECRET",
  secretHint: "the endpoint's signing secret, whsec_…",
  verify: {
    scheme: "hmac",
    signature: { header: "stripe-signature", separator: ",", field: "v1" },
    signed: "${timestamp}.${body}",
    timestamp: { field: "t" },
  },
  dedupeKey: "${input.id}",
};
