import type { Preset } from "../preset.ts";

/** https://developer.squareup.com/docs/webhooks/step3validate */
export const square: Preset = {
  name: "square",
  title: "Square",
  docs: "https://developer.squareup.com/docs/webhooks/step3validate",
  secretName: "SQUARE_SIGNATURE_KEY",
  secretHint: "the subscription's signature key",
  verify: {
    scheme: "hmac",
    signature: { header: "x-square-hmacsha256-signature", encoding: "base64" },
    signed: "${url}${body}",
  },
  dedupeKey: "${input.event_id}",
  limits:
    "The signature covers URL and body and no time: a recorded delivery can be sent again later. `dedupe` refuses it for its window.",
};
