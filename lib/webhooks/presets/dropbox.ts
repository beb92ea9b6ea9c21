import type { Preset } from "../preset.ts";

/** https://www.dropbox.com/developers/reference/webhooks */
export const dropbox: Preset = {
  name: "dropbox",
  title: "Dropbox",
  docs: "https://www.dropbox.com/developers/reference/webhooks",
  secretName: "DROPBOX_APP_SECRET",
  secretHint: "the app's secret",
  verify: { scheme: "hmac", signature: { header: "x-dropbox-signature" } },
  handshakes: [
    {
      method: "GET",
      when: { query: "challenge" },
      trust: "anyone",
      answer: {
        contentType: "text/plain",
        headers: { "x-content-type-options": "nosniff" },
        body: "${query.challenge}",
      },
    },
  ],
  limits:
    "The signature covers the body and no time, and nothing in it tells deliveries apart: a recorded one can be sent again.",
};
