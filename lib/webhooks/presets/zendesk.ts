import type { Preset } from "../preset.ts";

/** https://developer.zendesk.com/documentation/webhooks/verifying/ */
export const zendesk: Preset = {
  name: "zendesk",
  title: "Zendesk",
  docs: "https://developer.zendesk.com/documentation/webhooks/verifying/",
  secretName: "ZENDESK_WEBHOOK_SECRET",
  secretHint: "the webhook's signing secret",
  verify: {
    scheme: "hmac",
    signature: { header: "x-zendesk-webhook-signature", encoding: "base64" },
    signed: "${timestamp}${body}",
    timestamp: { header: "x-zendesk-webhook-signature-timestamp", unit: "iso8601" },
  },
  dedupeKey: "${request.headers.x-zendesk-webhook-invocation-id}",
};
