import type { Preset } from "../preset.ts";

/** https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
export const github: Preset = {
  name: "github",
  title: "GitHub",
  docs: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
  secretName: "GITHUB_WEBHOOK_SECRET",
  secretHint: "the webhook's secret, chosen by you in its settings",
  verify: { scheme: "hmac", signature: { header: "x-hub-signature-256", prefix: "sha256=" } },
  dedupeKey: "${request.headers.x-github-delivery}",
  handshakes: [
    {
      method: "POST",
      when: { header: "x-github-event", equals: "ping" },
      trust: "signature",
      answer: { contentType: "application/json", body: { ok: true } },
    },
  ],
  limits:
    "The signature covers the body and no time: a recorded delivery can be sent again later. `dedupe` goes by an id that is not signed: it refuses what the service repeats, and not what somebody else sends again under another id.",
};
