import type { Preset } from "../preset.ts";

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
export const slack: Preset = {
  name: "slack",
  title: "Slack",
  docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
  secretName: "SLACK_SIGNING_SECRET",
  secretHint: "the app's signing secret",
  verify: {
    scheme: "hmac",
    signature: { header: "x-slack-signature", prefix: "v0=" },
    signed: "v0:${timestamp}:${body}",
    timestamp: { header: "x-slack-request-timestamp" },
  },
  dedupeKey: "${input.event_id}",
  handshakes: [
    {
      method: "POST",
      when: { bodyPath: "type", equals: "url_verification" },
      trust: "signature",
      answer: { contentType: "application/json", body: { challenge: "${json.challenge}" } },
    },
  ],
};
