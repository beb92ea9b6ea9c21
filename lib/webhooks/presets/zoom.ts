import type { Preset } from "../preset.ts";

/** https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events */
export const zoom: Preset = {
  name: "zoom",
  title: "Zoom",
  docs: "https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events",
  secretName: "ZOOM_WEBHOOK_SECRET",
  secretHint: "the app's secret token",
  verify: {
    scheme: "hmac",
    signature: { header: "x-zm-signature", prefix: "v0=" },
    signed: "v0:${timestamp}:${body}",
    timestamp: { header: "x-zm-request-timestamp" },
  },
  dedupeKey: '${input.event}/${input.event_ts}/${input.payload.object.uuid, ""}',
  handshakes: [
    {
      method: "POST",
      when: { bodyPath: "event", equals: "endpoint.url_validation" },
      trust: "signature",
      sign: { text: "${json.payload.plainToken}", encoding: "hex" },
      answer: {
        contentType: "application/json",
        body: { plainToken: "${json.payload.plainToken}", encryptedToken: "${signed}" },
      },
    },
  ],
};
