import type { Preset } from "../preset.ts";

/** https://airtable.com/developers/web/api/webhooks-overview */
export const airtable: Preset = {
  name: "airtable",
  title: "Airtable",
  docs: "https://airtable.com/developers/web/api/webhooks-overview",
  secretName: "AIRTABLE_MAC_SECRET",
  secretHint: "macSecretBase64 of the answer that made the webhook",
  verify: {
    scheme: "hmac",
    secret_encoding: "base64",
    signature: { header: "x-airtable-content-mac", prefix: "hmac-sha256=" },
  },
  dedupeKey: "${input.webhook.id}/${input.timestamp}",
  limits:
    "The signature covers the body and no time: a recorded delivery can be sent again later. `dedupe` refuses it for its window.",
};
