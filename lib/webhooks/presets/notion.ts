import type { Preset } from "../preset.ts";

/** https://developers.notion.com/reference/webhooks */
export const notion: Preset = {
  name: "notion",
  title: "Notion",
  docs: "https://developers.notion.com/reference/webhooks",
  secretName: "NOTION_VERIFICATION_TOKEN",
  secretHint:
    "the verification token, which it sends once when the subscription is made: `hookline url NAME --pair` takes it",
  verify: { scheme: "hmac", signature: { header: "x-notion-signature", prefix: "sha256=" } },
  dedupeKey: "${input.id}",
  handshakes: [
    {
      method: "POST",
      when: { bodyPath: "verification_token", without: "id" },
      trust: "anyone",
      secret: { bodyPath: "verification_token" },
      answer: { contentType: "application/json", body: {} },
    },
  ],
  limits:
    "The signature covers the body and no time: a recorded delivery can be sent again later. `dedupe` refuses it for its window.",
};
