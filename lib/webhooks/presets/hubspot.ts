import type { Preset } from "../preset.ts";

/** https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests */
export const hubspot: Preset = {
  name: "hubspot",
  title: "HubSpot",
  docs: "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
  secretName: "HUBSPOT_CLIENT_SECRET",
  secretHint: "the app's client secret",
  verify: {
    scheme: "hmac",
    signature: { header: "x-hubspot-signature-v3", encoding: "base64" },
    signed: "${method}${decoded_url}${body}${timestamp}",
    timestamp: { header: "x-hubspot-request-timestamp", unit: "milliseconds" },
  },
  dedupeKey: "${input.0.subscriptionId}/${input.0.eventId}",
};
