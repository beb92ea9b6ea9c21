import type { Preset } from "../preset.ts";

/** https://developers.docusign.com/platform/webhooks/connect/hmac/ */
export const docusign: Preset = {
  name: "docusign",
  title: "DocuSign",
  docs: "https://developers.docusign.com/platform/webhooks/connect/hmac/",
  secretName: "DOCUSIGN_HMAC_KEY",
  secretHint: "a Connect HMAC key",
  verify: {
    scheme: "hmac",
    signature: {
      header: [
        "x-docusign-signature-1",
        "x-docusign-signature-2",
        "x-docusign-signature-3",
        "x-docusign-signature-4",
        "x-docusign-signature-5",
      ],
      encoding: "base64",
    },
  },
  dedupeKey: "${input.event}/${input.data.envelopeId}/${input.generatedDateTime}",
  limits:
    "The signature covers the body and no time: a recorded delivery can be sent again later. `dedupe` refuses it for its window. Of more than five keys the first five signatures are looked at.",
};
