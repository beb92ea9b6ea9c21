import { EventWebhook } from "@sendgrid/eventwebhook";
import { verifyKey } from "discord-interactions";
import { getExpectedBodyHash, getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { WEBHOOK_URL } from "../judge.ts";
import { OPENSSL, opensslHmac, opensslKey } from "./openssl.ts";
import { JSON_TYPE, type Recipe, SECONDS, type Sender, signedBy } from "./recipe.ts";

/** Fields of the first notification. */
export function adyen(): Recipe {
  const body = (signature: string) =>
    `{"live": "false", "notificationItems": [{"NotificationRequestItem": {"additionalData": {"hmacSignature": "${signature}"}, "amount": {"currency": "EUR", "value": 1130}, "eventCode": "AUTHORISATION", "merchantAccountCode": "TestMerchant", "merchantReference": "TestPayment:1407", "pspReference": "7914073381342284", "success": "true"}}]}`;
  return signedBy(
    "adyen",
    ["44782DEF547AAA06C910C43932B1EB0C", "00112233445566778899AABBCCDDEEFF"],
    (secret) => {
      const text = "7914073381342284::TestMerchant:TestPayment:1407:1130:EUR:AUTHORISATION:true";
      const signature = opensslHmac("sha256", Buffer.from(secret, "hex"), text).toString("base64");
      return { headers: JSON_TYPE, body: body(signature), signature };
    },
  );
}

/** Time and token, in the body. */
export function mailgun(): Recipe {
  const token = "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0";
  return signedBy("mailgun", ["key-first-7a1c", "key-second-9d2e"], (secret) => {
    const signature = opensslHmac("sha256", secret, SECONDS + token).toString("hex");
    return {
      headers: JSON_TYPE,
      body: `{"signature": {"timestamp": "${SECONDS}", "token": "${token}", "signature": "${signature}"}, "event-data": {"event": "opened"}}`,
      signature,
    };
  });
}

const TOKENS = ["12345abcdef67890", "fedcba0987654321"] as const;
const TWILIO = "twilio, getExpectedTwilioSignature";

/** URL and fields, one of them repeated. */
export function twilioForm(): Recipe {
  const body =
    "To=%2B18005551212&Body=caf%c3%a9%20%26+cake&MediaUrl=b&MediaUrl=a&MediaUrl=b&Caller=&AccountSid=AC1";
  const params = {
    To: "+18005551212",
    Body: "café & cake",
    MediaUrl: ["b", "a", "b"],
    Caller: "",
    AccountSid: "AC1",
  };
  return signedBy(
    "twilio",
    TOKENS,
    (token) => {
      const signature = getExpectedTwilioSignature(token, WEBHOOK_URL, params);
      return {
        headers: {
          "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
          "x-twilio-signature": signature,
        },
        body,
        signature,
      };
    },
    { madeBy: TWILIO },
  );
}

/** URL with the hash of the body. */
export function twilioJson(): Recipe {
  const body = '{"EventType": "onMessageAdded",  "Body": "café"}';
  const rawQuery = `a=b&bodySHA256=${getExpectedBodyHash(body)}`;
  return signedBy(
    "twilio",
    TOKENS,
    (token) => {
      const signature = getExpectedTwilioSignature(token, `${WEBHOOK_URL}?${rawQuery}`, {});
      return { rawQuery, headers: { ...JSON_TYPE, "x-twilio-signature": signature }, body, signature };
    },
    { madeBy: `${TWILIO} and getExpectedBodyHash`, name: "twilio with a JSON body" },
  );
}

/** ECDSA over time and body. */
export function sendgrid(): Recipe {
  const body = '[ {"email": "a@example.com", "event": "processed", "sg_event_id": "ZGVsaXZlcmVk"} ]\r\n';
  const sender = (): Sender => {
    const key = opensslKey("ecdsa");
    const secret = key.publicKey.toString("base64");
    return {
      secret,
      deliver() {
        const signature = key.sign(SECONDS + body).toString("base64");
        const vendor = new EventWebhook();
        const ok = vendor.verifySignature(vendor.convertPublicKeyToECDSA(secret), body, signature, SECONDS);
        if (!ok) throw new Error("@sendgrid/eventwebhook refuses it");
        return {
          headers: {
            ...JSON_TYPE,
            "x-twilio-email-event-webhook-timestamp": SECONDS,
            "x-twilio-email-event-webhook-signature": signature,
          },
          body,
          signature,
        };
      },
    };
  };
  return {
    name: "sendgrid",
    preset: "sendgrid",
    madeBy: `${OPENSSL} -sign`,
    confirmedBy: "@sendgrid/eventwebhook, verifySignature",
    senders: [sender(), sender()],
  };
}

/** Ed25519 over time and body. */
export function discord(): Recipe {
  const body =
    '{"id": "787053080478613555", "type": 2,  "token": "A_UNIQUE_TOKEN", "data": {"name": "caké"}}';
  const sender = (): Sender => {
    const key = opensslKey("ed25519");
    const secret = key.publicKey.subarray(-32).toString("hex");
    return {
      secret,
      async deliver() {
        const signature = key.sign(SECONDS + body).toString("hex");
        if (!(await verifyKey(body, signature, SECONDS, secret)))
          throw new Error("discord-interactions refuses it");
        return {
          headers: { ...JSON_TYPE, "x-signature-timestamp": SECONDS, "x-signature-ed25519": signature },
          body,
          signature,
        };
      },
    };
  };
  return {
    name: "discord",
    preset: "discord",
    madeBy: "openssl pkeyutl -sign",
    confirmedBy: "discord-interactions, verifyKey",
    senders: [sender(), sender()],
  };
}
