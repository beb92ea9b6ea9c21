import type { Preset } from "../preset.ts";

/** https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint */
export const discord: Preset = {
  name: "discord",
  title: "Discord",
  docs: "https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint",
  secretName: "DISCORD_PUBLIC_KEY",
  secretHint: "the application's public key",
  verify: {
    scheme: "ed25519",
    signature: { header: "x-signature-ed25519" },
    signed: "${timestamp}${body}",
    timestamp: { header: "x-signature-timestamp" },
  },
  dedupeKey: "${input.id}",
  handshakes: [
    {
      method: "POST",
      // An event of an application is of type 1 too.
      when: { bodyPath: "type", equals: "1", without: "event" },
      trust: "signature",
      answer: { contentType: "application/json", body: { type: 1 } },
    },
    {
      method: "POST",
      when: { bodyPath: "type", equals: "0" },
      trust: "signature",
      answer: { status: 204, contentType: "text/plain", body: "" },
    },
  ],
};
