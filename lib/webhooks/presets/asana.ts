import type { Preset } from "../preset.ts";

/** https://developers.asana.com/docs/webhooks-guide */
export const asana: Preset = {
  name: "asana",
  title: "Asana",
  docs: "https://developers.asana.com/docs/webhooks-guide",
  secretName: "ASANA_HOOK_SECRET",
  secretHint:
    "X-Hook-Secret, which it sends once when the webhook is made: `hookline url NAME --pair` takes it",
  verify: { scheme: "hmac", signature: { header: "x-hook-signature" } },
  handshakes: [
    {
      method: "POST",
      when: { header: "x-hook-secret" },
      trust: "anyone",
      secret: { headers: ["x-hook-secret"] },
      answer: {
        status: 204,
        contentType: "text/plain",
        headers: { "x-hook-secret": "${headers.x-hook-secret}" },
        body: "",
      },
    },
  ],
  limits:
    "The signature covers the body and no time, and nothing in it tells deliveries apart: a recorded one can be sent again.",
};
