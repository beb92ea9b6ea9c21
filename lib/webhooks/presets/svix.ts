import type { Preset } from "../preset.ts";

/** https://docs.svix.com/receiving/verifying-payloads/how */
export const svix: Preset = {
  name: "svix",
  title: "Svix",
  docs: "https://docs.svix.com/receiving/verifying-payloads/how",
  secretName: "SVIX_WEBHOOK_SECRET",
  secretHint: "the endpoint's signing secret, whsec_…",
  verify: { scheme: "standard_webhooks", header_prefix: "svix-" },
  dedupeKey: "${request.headers.svix-id}",
};
