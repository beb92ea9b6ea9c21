import { expect, test } from "@jest/globals";
import { verifyDelivery } from "../../lib/webhooks/verify-delivery.ts";
import { compiled } from "../support/engine-run.ts";
import { type Delivery, requestOf } from "./judge.ts";

interface Published {
  /** Where the service publishes it. */
  readonly source: string;
  readonly verify: string | { readonly scheme: "standard_webhooks"; readonly secret: string };
  readonly secret: string;
  /** Seconds; absent: no time is signed. */
  readonly at?: number;
  readonly delivery: Delivery;
}

const SECRET_TO_EVERYBODY = "It's a Secret to Everybody";

const published: readonly Published[] = [
  {
    source: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
    verify: "github",
    secret: SECRET_TO_EVERYBODY,
    delivery: {
      headers: {
        "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
      },
      body: "Hello, World!",
    },
  },
  ...["bitbucket", "jira"].map((verify) => ({
    source: "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
    verify,
    secret: SECRET_TO_EVERYBODY,
    delivery: {
      headers: {
        "x-hub-signature": "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9",
      },
      body: "Hello World!",
    },
  })),
  {
    source: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
    verify: "slack",
    secret: "8f742231b10e8888abcd99yyyzzz85a5",
    at: 1_531_420_618,
    delivery: {
      headers: {
        "x-slack-request-timestamp": "1531420618",
        "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
      },
      body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
    },
  },
  {
    source: "https://www.twilio.com/docs/usage/security#validating-requests",
    verify: "twilio",
    secret: "12345",
    delivery: {
      origin: "https://mycompany.com",
      path: "/myapp.php",
      rawQuery: "foo=1&bar=2",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
      },
      body: "Digits=1234&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid=CA1234567890ABCDE",
    },
  },
  {
    source: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
    verify: "adyen",
    secret: "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
    delivery: {
      body: JSON.stringify({
        notificationItems: [
          {
            NotificationRequestItem: {
              pspReference: "7914073381342284",
              merchantAccountCode: "TestMerchant",
              merchantReference: "TestPayment-1407325143704",
              amount: { value: 1130, currency: "EUR" },
              eventCode: "AUTHORISATION",
              success: "true",
              additionalData: { hmacSignature: "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=" },
            },
          },
        ],
      }),
    },
  },
  {
    source: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
    verify: { scheme: "standard_webhooks", secret: "${env:SECRET}" },
    secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    at: 1_614_265_330,
    delivery: {
      headers: {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
      },
      body: '{"test": 2432232314}',
    },
  },
];

test.each(published.map((one) => [one.source, one] as const))(
  "the example of %s is called right",
  async (_source, { verify, secret, at = 0, delivery }) => {
    const preset = { preset: verify, secret: "${env:SECRET}" };
    const { input } = compiled({
      input: { type: "http_webhook", verify: typeof verify === "string" ? preset : verify },
      steps: [],
    });
    const rule = input.type === "http_webhook" ? input.verify : undefined;
    if (!rule) throw new Error("it verifies nothing");
    const verdict = (SECRET: string) =>
      verifyDelivery(rule, requestOf(delivery), {
        now: at * 1000,
        env: (name) => ({ SECRET })[name],
      });
    expect(await verdict(secret)).toEqual({ kind: "verified" });
    expect(await verdict(secret.replace(/.$/, "0"))).toMatchObject({ reason: "signature_wrong" });
  },
);
