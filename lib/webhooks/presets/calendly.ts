import type { Preset } from "../preset.ts";

/** https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures */
export const calendly: Preset = {
  name: "calendly",
  title: "Calendly",
  docs: "https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures",
  secretName: "CALENDLY_SIGNING_KEY",
  secretHint: "the subscription's signing key, chosen by you",
  verify: {
    scheme: "hmac",
    signature: { header: "calendly-webhook-signature", separator: ",", field: "v1" },
    signed: "${timestamp}.${body}",
    timestamp: { field: "t", tolerance: 180 },
  },
  dedupeKey: "${input.event}/${input.payload.uri}/${input.created_at}",
};
