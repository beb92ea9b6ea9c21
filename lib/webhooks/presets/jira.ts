import type { Preset } from "../preset.ts";

/** https://developer.atlassian.com/cloud/jira/platform/webhooks/ */
export const jira: Preset = {
  name: "jira",
  title: "Jira",
  docs: "https://developer.atlassian.com/cloud/jira/platform/webhooks/",
  secretName: "JIRA_WEBHOOK_SECRET",
  secretHint: "the webhook's secret, chosen by you",
  verify: { scheme: "hmac", signature: { header: "x-hub-signature", prefix: "sha256=" } },
  dedupeKey: "${request.headers.x-atlassian-webhook-identifier}",
  limits:
    "The signature covers the body and no time: a recorded delivery can be sent again later. `dedupe` goes by an id that is not signed: it refuses what the service repeats, and not what somebody else sends again under another id.",
};
