import type { Preset } from "../preset.ts";

/** https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests */
export const resend: Preset = {
  name: "resend",
  title: "Resend",
  docs: "https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests",
  secretName: "RESEND_WEBHOOK_SECRET",
  secretHint: "the endpoint's signing secret, whsec_…",
  verify: { scheme: "standard_webhooks", header_prefix: "svix-" },
  dedupeKey: "${request.headers.svix-id}",
};
