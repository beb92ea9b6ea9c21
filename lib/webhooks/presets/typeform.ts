import type { Preset } from "../preset.ts";

/** https://www.typeform.com/developers/webhooks/secure-your-webhooks/ */
export const typeform: Preset = {
  name: "typeform",
  title: "Typeform",
  docs: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
  secretName: "TYPEFORM_WEBHOOK_SECRET",
  secretHint: "the webhook's secret, chosen by you",
  verify: {
    scheme: "hmac",
    signature: { header: "typeform-signature", prefix: "sha256=", encoding: "base64" },
  },
  dedupeKey: "${input.event_id}",
  limits:
    "The signature covers the body and no time: a recorded delivery can be sent again later. `dedupe` refuses it for its window.",
};
