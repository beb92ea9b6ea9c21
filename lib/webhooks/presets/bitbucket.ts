import type { Preset } from "../preset.ts";

/** https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/ */
export const bitbucket: Preset = {
  name: "bitbucket",
  title: "Bitbucket",
  docs: "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
  secretName: "BITBUCKET_WEBHOOK_SECRET",
  secretHint: "the webhook's secret, made in its settings",
  verify: { scheme: "hmac", signature: { header: "x-hub-signature", prefix: "sha256=" } },
  dedupeKey: "${request.headers.x-request-uuid}",
  limits:
    "The signature covers the body and no time: a recorded delivery can be sent again later. `dedupe` goes by an id that is not signed: it refuses what the service repeats, and not what somebody else sends again under another id.",
};
