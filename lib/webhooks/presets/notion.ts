import type { Preset } from "../preset.ts";

/** https://developers.notion.com/reference/webhooks */
export const notion: Preset = {
  name: "notion",
  title: "Notion",
  docs: "https://developers.notion.com/reference/webhooks",
  secretName: "NOTION_VERIFICATION_TOKEN",
  secretHint:
    "the verification token of the first, unsigned request: receive it without `verify`, and read it in that run's event",
  verify: { scheme: "hmac", signature: { header: "x-notion-signature", prefix: "sha256=" } },
  dedupeKey: "${input.id}",
  limits:
    "The signature covers the body and no time: a recorded delivery can be sent again later. `dedupe` refuses it for its window.",
};
