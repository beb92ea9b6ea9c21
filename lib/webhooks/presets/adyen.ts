import type { Preset } from "../preset.ts";

/** https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures */
export const adyen: Preset = {
  name: "adyen",
  title: "Adyen",
  docs: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
  secretName: "ADYEN_HMAC_KEY",
  secretHint: "the webhook's HMAC key, in hex",
  verify: {
    scheme: "hmac",
    secret_encoding: "hex",
    signature: {
      body_path: "notificationItems.0.NotificationRequestItem.additionalData.hmacSignature",
      encoding: "base64",
    },
    signed:
      '${json.notificationItems.0.NotificationRequestItem.pspReference, ""}:${json.notificationItems.0.NotificationRequestItem.originalReference, ""}:${json.notificationItems.0.NotificationRequestItem.merchantAccountCode, ""}:${json.notificationItems.0.NotificationRequestItem.merchantReference, ""}:${json.notificationItems.0.NotificationRequestItem.amount.value, ""}:${json.notificationItems.0.NotificationRequestItem.amount.currency, ""}:${json.notificationItems.0.NotificationRequestItem.eventCode, ""}:${json.notificationItems.0.NotificationRequestItem.success, ""}',
  },
  dedupeKey:
    "${input.notificationItems.0.NotificationRequestItem.pspReference}/${input.notificationItems.0.NotificationRequestItem.eventCode}",
  limits:
    "The signature covers eight fields of the first notification, and neither the rest of the body nor a time.",
};
