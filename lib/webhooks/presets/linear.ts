import type { Preset } from "../preset.ts";

/** https://linear.app/developers/webhooks */
export const linear: Preset = {
  name: "linear",
  title: "Linear",
  docs: "https://linear.app/developers/webhooks",
  secretName: "LINEAR_WEBHOOK_SECRET",
  secretHint: "the webhook's signing secret",
  verify: {
    scheme: "hmac",
    signature: { header: "linear-signature" },
    timestamp: { body_path: "webhookTimestamp", unit: "milliseconds", tolerance: 60 },
  },
  dedupeKey: "${request.headers.linear-delivery}",
};
