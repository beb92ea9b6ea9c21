import type { Preset } from "../preset.ts";

/** https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks */
export const mailgun: Preset = {
  name: "mailgun",
  title: "Mailgun",
  docs: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
  secretName: "MAILGUN_SIGNING_KEY",
  secretHint: "the account's HTTP webhook signing key",
  verify: {
    scheme: "hmac",
    signature: { body_path: "signature.signature" },
    signed: "${timestamp}${json.signature.token}",
    timestamp: { body_path: "signature.timestamp" },
  },
  dedupeKey: "${input.signature.token}",
  limits:
    "The signature covers a time and a token, and not the body: whoever sees one can send another body with it until the time is too old.",
};
