import type { Preset } from "./preset.ts";
import { adyen } from "./presets/adyen.ts";
import { airtable } from "./presets/airtable.ts";
import { asana } from "./presets/asana.ts";
import { bitbucket } from "./presets/bitbucket.ts";
import { calendly } from "./presets/calendly.ts";
import { clerk } from "./presets/clerk.ts";
import { discord } from "./presets/discord.ts";
import { docusign } from "./presets/docusign.ts";
import { dropbox } from "./presets/dropbox.ts";
import { github } from "./presets/github.ts";
import { gitlab } from "./presets/gitlab.ts";
import { gitlabSigned } from "./presets/gitlab-signed.ts";
import { hubspot } from "./presets/hubspot.ts";
import { intercom } from "./presets/intercom.ts";
import { jira } from "./presets/jira.ts";
import { linear } from "./presets/linear.ts";
import { mailgun } from "./presets/mailgun.ts";
import { meta } from "./presets/meta.ts";
import { notion } from "./presets/notion.ts";
import { paddle } from "./presets/paddle.ts";
import { pagerduty } from "./presets/pagerduty.ts";
import { resend } from "./presets/resend.ts";
import { sendgrid } from "./presets/sendgrid.ts";
import { sentry } from "./presets/sentry.ts";
import { shopify } from "./presets/shopify.ts";
import { slack } from "./presets/slack.ts";
import { square } from "./presets/square.ts";
import { stripe } from "./presets/stripe.ts";
import { svix } from "./presets/svix.ts";
import { twilio } from "./presets/twilio.ts";
import { typeform } from "./presets/typeform.ts";
import { zendesk } from "./presets/zendesk.ts";
import { zoom } from "./presets/zoom.ts";

/** Services whose webhooks are known, by the name that a file writes. */
export const presets: ReadonlyMap<string, Preset> = new Map(
  [
    github,
    gitlab,
    gitlabSigned,
    bitbucket,
    stripe,
    shopify,
    slack,
    twilio,
    sendgrid,
    mailgun,
    paddle,
    square,
    hubspot,
    zendesk,
    intercom,
    typeform,
    calendly,
    linear,
    jira,
    notion,
    airtable,
    asana,
    zoom,
    discord,
    meta,
    clerk,
    svix,
    resend,
    adyen,
    docusign,
    dropbox,
    pagerduty,
    sentry,
  ].map((preset) => [preset.name, preset]),
);
