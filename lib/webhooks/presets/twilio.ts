import type { Preset } from "../preset.ts";

/** https://www.twilio.com/docs/usage/security#validating-requests */
export const twilio: Preset = {
  name: "twilio",
  title: "Twilio",
  docs: "https://www.twilio.com/docs/usage/security#validating-requests",
  secretName: "TWILIO_AUTH_TOKEN",
  secretHint: "the account's auth token",
  verify: {
    scheme: "hmac",
    algorithm: "sha1",
    signature: { header: "x-twilio-signature", encoding: "base64" },
    signed: "${url}${form}",
    body_hash: { query: "bodySHA256" },
  },
  dedupeKey: "${request.headers.i-twilio-idempotency-token}",
  limits:
    "The signature covers URL and body and no time: a recorded delivery can be sent again later. `dedupe` goes by an id that is not signed: it refuses what the service repeats, and not what somebody else sends again under another id.",
};
