import { createHash } from "node:crypto";
import type { Sample, SampleDelivery, SampleMaker } from "./sample.ts";
import { adyenSample } from "./samples/adyen.ts";
import { airtableSample } from "./samples/airtable.ts";
import { asanaSample } from "./samples/asana.ts";
import { bitbucketSample } from "./samples/bitbucket.ts";
import { calendlySample } from "./samples/calendly.ts";
import { clerkSample } from "./samples/clerk.ts";
import { discordSample } from "./samples/discord.ts";
import { docusignSample } from "./samples/docusign.ts";
import { dropboxSample } from "./samples/dropbox.ts";
import { githubSample } from "./samples/github.ts";
import { gitlabSample } from "./samples/gitlab.ts";
import { hubspotSample } from "./samples/hubspot.ts";
import { intercomSample } from "./samples/intercom.ts";
import { jiraSample } from "./samples/jira.ts";
import { linearSample } from "./samples/linear.ts";
import { mailgunSample } from "./samples/mailgun.ts";
import { metaSample } from "./samples/meta.ts";
import { notionSample } from "./samples/notion.ts";
import { paddleSample } from "./samples/paddle.ts";
import { pagerdutySample } from "./samples/pagerduty.ts";
import { resendSample } from "./samples/resend.ts";
import { sendgridSample } from "./samples/sendgrid.ts";
import { sentrySample } from "./samples/sentry.ts";
import { shopifySample } from "./samples/shopify.ts";
import { slackSample } from "./samples/slack.ts";
import { slackCommandSample } from "./samples/slack-command.ts";
import { squareSample } from "./samples/square.ts";
import { stripeSample } from "./samples/stripe.ts";
import { svixSample } from "./samples/svix.ts";
import { twilioSample } from "./samples/twilio.ts";
import { typeformSample } from "./samples/typeform.ts";
import { zendeskSample } from "./samples/zendesk.ts";
import { zoomSample } from "./samples/zoom.ts";

const makers: { readonly [name: string]: SampleMaker } = {
  adyen: adyenSample,
  airtable: airtableSample,
  asana: asanaSample,
  bitbucket: bitbucketSample,
  calendly: calendlySample,
  clerk: clerkSample,
  discord: discordSample,
  docusign: docusignSample,
  dropbox: dropboxSample,
  github: githubSample,
  gitlab: gitlabSample,
  gitlab_signed: gitlabSample,
  hubspot: hubspotSample,
  intercom: intercomSample,
  jira: jiraSample,
  linear: linearSample,
  mailgun: mailgunSample,
  meta: metaSample,
  notion: notionSample,
  paddle: paddleSample,
  pagerduty: pagerdutySample,
  resend: resendSample,
  sendgrid: sendgridSample,
  sentry: sentrySample,
  shopify: shopifySample,
  slack: slackSample,
  "slack/command": slackCommandSample,
  square: squareSample,
  stripe: stripeSample,
  svix: svixSample,
  twilio: twilioSample,
  typeform: typeformSample,
  zendesk: zendeskSample,
  zoom: zoomSample,
};

/** The samples there are: by the name of a preset, with a slash and a word behind it where it is not the usual one. */
export const SAMPLES: readonly string[] = Object.keys(makers);

/** A delivery as a service makes one; undefined for a name without. `delivery` is any text that no other one has. */
export function sampleOf(name: string, delivery: string, now: number): Sample | undefined {
  return Object.hasOwn(makers, name) ? makers[name]?.(deliveryOf(delivery, now)) : undefined;
}

function deliveryOf(text: string, now: number): SampleDelivery {
  const digest = createHash("sha256").update(text).digest();
  const hex = digest.toString("hex").slice(0, 32);
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20),
  ];
  return {
    hex,
    uuid: parts.join("-"),
    number: digest.readUInt32BE(28) % 1_000_000_000,
    iso: new Date(now).toISOString(),
    seconds: Math.floor(now / 1000),
    milliseconds: now,
  };
}
