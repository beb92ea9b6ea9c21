import type { Preset } from "../preset.ts";

/** https://developers.intercom.com/docs/webhooks/setting-up-webhooks */
export const intercom: Preset = {
  name: "intercom",
  title: "Intercom",
  docs: "https://developers.intercom.com/docs/webhooks/setting-up-webhooks",
  secretName: "INTERCOM_CLIENT_SECRET",
  secretHint: "the app's client secret",
  verify: { scheme: "hmac", algorithm: "sha1", signature: { header: "x-hub-signature", prefix: "sha1=" } },
  dedupeKey: "${input.id}",
  handshakes: [
    {
      method: "POST",
      when: { bodyPath: "topic", equals: "ping" },
      trust: "signature",
      answer: { contentType: "application/json", body: { ok: true } },
    },
    { method: "HEAD", when: {}, trust: "anyone", answer: { contentType: "text/plain", body: "" } },
  ],
  limits:
    "The signature covers the body and no time: a recorded delivery can be sent again later. `dedupe` refuses it for its window.",
};
