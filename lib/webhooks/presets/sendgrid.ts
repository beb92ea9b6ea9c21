import type { Preset } from "../preset.ts";

/** https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features */
export const sendgrid: Preset = {
  name: "sendgrid",
  title: "SendGrid",
  docs: "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features",
  secretName: "SENDGRID_PUBLIC_KEY",
  secretHint: "the verification key of the event webhook's signature",
  verify: {
    scheme: "ecdsa",
    signature: { header: "x-twilio-email-event-webhook-signature", encoding: "base64" },
    signed: "${timestamp}${body}",
    timestamp: { header: "x-twilio-email-event-webhook-timestamp" },
  },
  dedupeKey: "${input.0.sg_event_id}",
};
