import { createHash } from "node:crypto";
import { signWebhookPayload } from "@notionhq/client";
import { sign as octokitSign } from "@octokit/webhooks-methods";
import Stripe from "stripe";
import { NOW_SECONDS, WEBHOOK_URL } from "../judge.ts";
import { hmacInHeader, JSON_TYPE, type Recipe, SECONDS, signedBy, standard } from "./recipe.ts";
import { adyen, discord, mailgun, sendgrid, twilioForm, twilioJson } from "./special-recipes.ts";

const MILLISECONDS = `${NOW_SECONDS}000`;

/** A delivery of each preset. */
export function recipes(): readonly Recipe[] {
  const withPrefix = (prefix: string) => (signature: string) => prefix + signature;
  return [
    signedBy(
      "github",
      ["It's a Secret to Everybody", "and another one"],
      async (secret) => {
        const body = '{"action": "opened",  "number": 1.0, "title": "Größe 🦊"}\n';
        const signature = await octokitSign(secret, body);
        const headers = {
          "x-hub-signature-256": signature,
          "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        };
        return { headers: { ...JSON_TYPE, "x-github-event": "issues", ...headers }, body, signature };
      },
      { madeBy: "@octokit/webhooks-methods, sign" },
    ),
    signedBy(
      "gitlab",
      ["gl-token-of-20-letters", "gl-token-that-replaced"],
      (token) => ({
        headers: { ...JSON_TYPE, "x-gitlab-token": token, "idempotency-key": "f5e1d3a0" },
        body: '{"object_kind": "push",  "ref": "refs/heads/main"}',
        signature: token,
      }),
      { madeBy: "the token as it is" },
    ),
    standard("gitlab_signed", "webhook-", '{"object_kind": "push",  "ref": "refs/heads/main"}'),
    hmacInHeader("bitbucket", {
      header: "x-hub-signature",
      headers: { "x-request-uuid": "0f2a6b1e-3c66-4d5c-9f3a-3b0c4d9ef101" },
      body: '{"push": {"changes": [ ]},  "actor": {"display_name": "Zoë"}}',
      write: withPrefix("sha256="),
    }),
    signedBy(
      "stripe",
      ["whsec_first0123456789", "whsec_second987654321"],
      (secret) => {
        const payload = '{\n  "id": "evt_1Nv",\n  "object": "event",\n  "amount": 1099.0\n}';
        const header = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: NOW_SECONDS });
        const signature = header.slice(header.indexOf("v1=") + 3);
        return { headers: { ...JSON_TYPE, "stripe-signature": header }, body: payload, signature };
      },
      { madeBy: "stripe, webhooks.generateTestHeaderString" },
    ),
    hmacInHeader("shopify", {
      header: "x-shopify-hmac-sha256",
      headers: { "x-shopify-webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043" },
      body: '{"id": 820982911946154508,  "total_price": "254.98"}',
      encoding: "base64",
    }),
    hmacInHeader("slack", {
      header: "x-slack-signature",
      headers: { "x-slack-request-timestamp": SECONDS },
      body: '{"type": "event_callback",  "event_id": "Ev0PV52K21", "event": {"text": "hé"}}',
      signed: (body) => `v0:${SECONDS}:${body}`,
      write: withPrefix("v0="),
    }),
    twilioForm(),
    twilioJson(),
    sendgrid(),
    mailgun(),
    hmacInHeader("paddle", {
      header: "paddle-signature",
      body: '{"event_id": "evt_01hv8x29kz",  "event_type": "transaction.completed"}',
      signed: (body) => `${SECONDS}:${body}`,
      write: withPrefix(`ts=${SECONDS};h1=`),
      secrets: ["pdl_ntfset_01first", "pdl_ntfset_01second"],
    }),
    hmacInHeader("square", {
      header: "x-square-hmacsha256-signature",
      body: '{"merchant_id": "M1",  "event_id": "13b867cf", "type": "payment.created"}',
      signed: (body) => WEBHOOK_URL + body,
      encoding: "base64",
    }),
    hmacInHeader("hubspot", {
      header: "x-hubspot-signature-v3",
      headers: { "x-hubspot-request-timestamp": MILLISECONDS },
      body: '[{"eventId": 1,  "subscriptionId": 12345, "attemptNumber": 0}]',
      signed: (body) => `POST${WEBHOOK_URL}${body}${MILLISECONDS}`,
      encoding: "base64",
    }),
    hmacInHeader("zendesk", {
      header: "x-zendesk-webhook-signature",
      headers: {
        "x-zendesk-webhook-signature-timestamp": "2026-11-27T12:00:00Z",
        "x-zendesk-webhook-invocation-id": "01G0Q4M8Z2",
      },
      body: '{"ticket_id": "35436",  "subject": "Où ?"}',
      signed: (body) => `2026-11-27T12:00:00Z${body}`,
      encoding: "base64",
      secrets: [
        "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==",
        "HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA=",
      ],
    }),
    hmacInHeader("intercom", {
      header: "x-hub-signature",
      body: '{"type": "notification_event",  "id": "notif_ccd8a4d0", "topic": "user.created"}',
      hash: "sha1",
      write: withPrefix("sha1="),
    }),
    hmacInHeader("typeform", {
      header: "typeform-signature",
      body: '{"event_id": "LtWXD3crgy",  "event_type": "form_response"}',
      encoding: "base64",
      write: withPrefix("sha256="),
    }),
    hmacInHeader("calendly", {
      header: "calendly-webhook-signature",
      body: '{"event": "invitee.created",  "created_at": "2026-11-27T12:00:00Z", "payload": {"uri": "https://api.example/1"}}',
      signed: (body) => `${SECONDS}.${body}`,
      write: withPrefix(`t=${SECONDS},v1=`),
    }),
    hmacInHeader("linear", {
      header: "linear-signature",
      headers: { "linear-delivery": "234d1a4e-b617-4388-90fe-adc3633d6b72" },
      body: `{"action": "create",  "type": "Issue", "webhookTimestamp": ${MILLISECONDS}}`,
    }),
    hmacInHeader("jira", {
      header: "x-hub-signature",
      headers: { "x-atlassian-webhook-identifier": "7b2f8a3c" },
      body: '{"webhookEvent": "jira:issue_created",  "timestamp": 1525698237764}',
      write: withPrefix("sha256="),
    }),
    signedBy(
      "notion",
      ["secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl", "secret_another"],
      async (verificationToken) => {
        const body = '{"id": "367cba44",  "type": "page.created"}';
        const signature = await signWebhookPayload({ body, verificationToken });
        return { headers: { ...JSON_TYPE, "x-notion-signature": signature }, body, signature };
      },
      { madeBy: "@notionhq/client, signWebhookPayload" },
    ),
    hmacInHeader("airtable", {
      header: "x-airtable-content-mac",
      body: '{"base": {"id": "app00000000000000"},"webhook": {"id": "ach00000000000000"},"timestamp": "2022-02-01T21:25:05.663Z"}',
      write: withPrefix("hmac-sha256="),
      key: (secret) => Buffer.from(secret, "base64"),
      secrets: [
        createHash("sha256").update("the first").digest("base64"),
        createHash("sha256").update("the second").digest("base64"),
      ],
    }),
    hmacInHeader("asana", {
      header: "x-hook-signature",
      body: '{"events": [ {"action": "changed", "resource": {"gid": "1337"}} ]}',
      secrets: ["b537207f20cbfa02357cf448134da559", "e8bd39d61597dcd5631b8012eae53e81"],
    }),
    hmacInHeader("zoom", {
      header: "x-zm-signature",
      headers: { "x-zm-request-timestamp": SECONDS },
      body: '{"event": "meeting.started",  "event_ts": 1626230691572, "payload": {"object": {"uuid": "4444AAAiAAAAAiAiAiiAii=="}}}',
      signed: (body) => `v0:${SECONDS}:${body}`,
      write: withPrefix("v0="),
    }),
    discord(),
    hmacInHeader("meta", {
      header: "x-hub-signature-256",
      body: '{"object": "page",  "entry": [{"id": "12", "time": 1458692752478, "text": "h\\u00e9"}]}',
      write: withPrefix("sha256="),
    }),
    standard("clerk", "svix-", '{"data": {"id": "user_29w83"},  "type": "user.created"}'),
    standard("svix", "svix-", '{"test": 2432232314}'),
    standard("resend", "svix-", '{"type": "email.sent",  "data": {"email_id": "56761188"}}'),
    adyen(),
    hmacInHeader("docusign", {
      header: "x-docusign-signature-1",
      body: '{"event": "envelope-sent",  "generatedDateTime": "2026-11-27T12:00:00Z", "data": {"envelopeId": "7b2f"}}',
      encoding: "base64",
    }),
    hmacInHeader("dropbox", {
      header: "x-dropbox-signature",
      body: '{"list_folder": {"accounts": [ "dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc" ]}}',
    }),
    hmacInHeader("pagerduty", {
      header: "x-pagerduty-signature",
      body: '{"event": {"id": "5ac64822-4adc-4fda-ade0-410becf0de4f",  "event_type": "incident.triggered"}}',
      write: withPrefix("v1="),
    }),
    hmacInHeader("sentry", {
      header: "sentry-hook-signature",
      headers: { "request-id": "58b3c6e2ff8b4b7d8a7c3e1c7a9f2d10" },
      body: '{"action": "created",  "installation": {"uuid": "7a485448"}}',
    }),
  ];
}
