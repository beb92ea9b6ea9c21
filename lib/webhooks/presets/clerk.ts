import type { Preset } from "../preset.ts";

/** https://clerk.com/docs/guides/development/webhooks/overview */
export const clerk: Preset = {
  name: "clerk",
  title: "Clerk",
  docs: "https://clerk.com/docs/guides/development/webhooks/overview",
  secretName: "CLERK_WEBHOOK_SECRET",
  secretHint: "the endpoint's signing secret, whsec_…",
  verify: { scheme: "standard_webhooks", header_prefix: "svix-" },
  dedupeKey: "${request.headers.svix-id}",
};
