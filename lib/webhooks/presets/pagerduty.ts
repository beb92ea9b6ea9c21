import type { Preset } from "../preset.ts";

/** https://developer.pagerduty.com/docs/verifying-webhook-signatures */
export const pagerduty: Preset = {
  name: "pagerduty",
  title: "PagerDuty",
  docs: "https://developer.pagerduty.com/docs/verifying-webhook-signatures",
  secretName: "PAGERDUTY_WEBHOOK_SECRET",
  secretHint: "the subscription's secret",
  verify: { scheme: "hmac", signature: { header: "x-pagerduty-signature", separator: ",", field: "v1" } },
  dedupeKey: "${input.event.id}",
  limits:
    "The signature covers the body and no time: a recorded delivery can be sent again later. `dedupe` refuses it for its window.",
};
