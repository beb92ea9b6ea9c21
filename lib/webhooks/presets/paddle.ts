import type { Preset } from "../preset.ts";

/** https://developer.paddle.com/webhooks/signature-verification */
export const paddle: Preset = {
  name: "paddle",
  title: "Paddle",
  docs: "https://developer.paddle.com/webhooks/signature-verification",
  secretName: "PADDLE_WEBHOOK_SECRET",
  secretHint: "the notification destination's secret key, pdl_ntfset_…",
  verify: {
    scheme: "hmac",
    signature: { header: "paddle-signature", separator: ";", field: "h1" },
    signed: "${timestamp}:${body}",
    timestamp: { field: "ts" },
  },
  dedupeKey: "${input.event_id}",
};
