import type { Preset } from "../preset.ts";

/** https://developers.facebook.com/docs/graph-api/webhooks/getting-started */
export const meta: Preset = {
  name: "meta",
  title: "Meta (Facebook, Instagram, WhatsApp)",
  docs: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
  secretName: "META_APP_SECRET",
  secretHint: "the app's secret; META_VERIFY_TOKEN is the verify token, chosen by you",
  verify: { scheme: "hmac", signature: { header: "x-hub-signature-256", prefix: "sha256=" } },
  dedupeKey: "${input.object}/${input.entry.0.id}/${input.entry.0.time}",
  handshakes: [
    {
      method: "GET",
      when: { query: "hub.mode", equals: "subscribe" },
      trust: { query: "hub.verify_token", secret: "${env:META_VERIFY_TOKEN}" },
      answer: { contentType: "text/plain", body: "${query.hub.challenge}" },
    },
  ],
  limits:
    "The signature covers the body and no time: a recorded delivery can be sent again later. `dedupe` refuses it for its window.",
};
