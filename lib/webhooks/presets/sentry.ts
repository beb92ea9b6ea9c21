import type { Preset } from "../preset.ts";

/** https://docs.sentry.io/organization/integrations/integration-platform/webhooks/ */
export const sentry: Preset = {
  name: "sentry",
  title: "Sentry",
  docs: "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
  secretName: "SENTRY_CLIENT_SECRET",
  secretHint: "the integration's client secret",
  verify: { scheme: "hmac", signature: { header: "sentry-hook-signature" } },
  dedupeKey: "${request.headers.request-id}",
  limits:
    "The signature covers the body and no time: a recorded delivery can be sent again later. `dedupe` goes by an id that is not signed: it refuses what the service repeats, and not what somebody else sends again under another id.",
};
