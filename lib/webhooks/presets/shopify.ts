import type { Preset } from "../preset.ts";

/** https://shopify.dev/docs/apps/build/webhooks/subscribe/https */
export const shopify: Preset = {
  name: "shopify",
  title: "Shopify",
  docs: "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
  secretName: "SHOPIFY_WEBHOOK_SECRET",
  secretHint: "the app's client secret",
  verify: { scheme: "hmac", signature: { header: "x-shopify-hmac-sha256", encoding: "base64" } },
  dedupeKey: "${request.headers.x-shopify-webhook-id}",
  limits:
    "The signature covers the body and no time: a recorded delivery can be sent again later. `dedupe` goes by an id that is not signed: it refuses what the service repeats, and not what somebody else sends again under another id.",
};
