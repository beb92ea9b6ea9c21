import * as z from "zod";
import { sweeperConfig } from "./config.ts";
import { oidcSchema } from "./oidc.ts";

const count = (least: number, most: number, usual: number) => z.int().min(least).max(most).default(usual);

/** Names that belong to Lambda or to the functions themselves: a deployment never sets them for a workflow. */
const RESERVED_VARIABLE = /^(AWS_|LAMBDA_|HOOKLINE_|_|TZ$|NODE_)/;

const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "write letters, digits and underscores, no digit first")
  .refine((name) => !RESERVED_VARIABLE.test(name), "this name is set by Lambda or by Hookline itself");

const hostName = z
  .string()
  .regex(/^[A-Za-z0-9.:_-]+$/, "write a host name without scheme, port and path, e.g. crm.internal");

const runner = z.strictObject({
  memory_mb: count(1769, 10_240, 1769).describe(
    "Memory of the runner, in MB; below 1,769 there is no whole processor, and no room for Python beside the runs",
  ),
  concurrency: count(2, 1000, 20).describe("How many invocations take runs from the queue at once"),
  timeout_seconds: count(60, 900, 900).describe(
    "How long an invocation may last; a run that needs longer goes on in the next one",
  ),
});

const ingest = z.strictObject({
  memory_mb: count(256, 10_240, 512).describe("Memory of the function that accepts webhooks, in MB"),
});

const api = z.strictObject({
  requests_per_second: count(1, 10_000, 500).describe("Requests a second that the API takes as a whole"),
  burst: count(1, 5_000, 1_000).describe("Requests that it takes at once"),
});

const canary = z.strictObject({
  percent: count(1, 99, 10).describe("Share of the events that a new version gets first"),
  minutes: count(1, 2880, 5).describe("How long it gets that share"),
  errors: count(1, 1_000_000, 1).describe("So many errors in a minute take the deployment back"),
});

const alarms = z.strictObject({
  emails: z
    .array(z.email())
    .default([])
    .describe("Addresses that are told when an alarm rings; each confirms once, by a mail of SNS"),
  slack: z
    .strictObject({
      workspace_id: z
        .string()
        .regex(/^T[A-Z0-9]+$/, "write the workspace's id, e.g. T0123ABCD")
        .describe("Its workspace, e.g. T0123ABCD"),
      channel_id: z
        .string()
        .regex(/^[CG][A-Z0-9]+$/, "write the channel's id, e.g. C0123ABCD")
        .describe("A channel of Slack that is told, e.g. C0123ABCD"),
    })
    .optional()
    .describe("A channel that is told, of a workspace that AWS's application for Slack was let into"),
  dead_letters: count(1, 1_000_000, 1).describe("So many messages in the dead-letter queue ring"),
  oldest_message_seconds: count(60, 345_600, 1800).describe("Rings when a message has waited so long"),
  failure_percent: z
    .number()
    .gt(0)
    .max(100)
    .default(20)
    .describe("Rings when so many of the runs that end in 15 minutes fail"),
  throttles: count(1, 1_000_000, 10).describe("So many calls turned away in 5 minutes ring"),
  ingest_errors: count(1, 1_000_000, 5).describe("So many answers of 5xx in 5 minutes ring"),
  ingest_latency_ms: count(100, 30_000, 3_000).describe(
    "Rings when one answer in a hundred takes so long; higher where senders wait for their runs",
  ),
  spend_usd_per_hour: z.number().gt(0).default(10).describe("Rings when models cost so much within an hour"),
});

const domain = z.strictObject({
  name: z
    .string()
    .regex(
      /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/,
      "write a domain name, e.g. hooks.example.com",
    )
    .describe("Domain name of the API"),
  certificate: z
    .string()
    .regex(/^arn:[\w-]+:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/, "write the ARN of a certificate of ACM")
    .describe("ARN of its certificate, in ACM of the stage's region; with `waf` in ACM of us-east-1"),
  hosted_zone: z
    .string()
    .regex(/^Z[A-Z0-9]+$/, "write the id of a hosted zone of Route 53, e.g. Z0123456789ABC")
    .optional()
    .describe(
      "Id of the zone of Route 53 that gets its record. Absent: you point the name at the output DomainTarget",
    ),
});

const stageConsole = z.strictObject({
  oidc: oidcSchema.optional().describe("Sign-in by a provider of OpenID Connect, Cognito among them"),
});

const idOf = (kind: string) =>
  z
    .string()
    .regex(
      new RegExp(`^${kind}-([0-9a-f]{8}|[0-9a-f]{17})$`),
      `write an id such as ${kind}-0123456789abcdef0`,
    );
const vpc = z.strictObject({
  subnets: z.array(idOf("subnet")).min(1),
  security_groups: z.array(idOf("sg")).min(1),
});

const webAcl = z
  .string()
  .regex(
    /^arn:aws:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]+\/[0-9a-f-]{36}$/,
    "write the ARN of a web ACL for CloudFront: arn:aws:wafv2:us-east-1:ACCOUNT:global/webacl/NAME/ID",
  );
const waf = z.strictObject({
  acl: webAcl,
  open: z.boolean().default(false),
});

/** What a stage may say of itself; every key may be left out. */
export const stageSchema = z.strictObject({
  account: z
    .string()
    .regex(/^\d{12}$/, "write the 12 digits in quotes")
    .optional()
    .describe(
      "Account it is deployed to; credentials of another one are refused. Absent: the credentials' own",
    ),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "write a region, e.g. eu-central-1")
    .optional()
    .describe("Region it is deployed to. Absent: the one of AWS_REGION or the profile"),
  org_id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, "write 1 to 64 letters, digits, dashes and underscores")
    .optional()
    .describe("The segment of every webhook URL that stands for the deployment. Absent: `hookline-<stage>`"),
  log_level: z.enum(["DEBUG", "INFO", "WARN", "ERROR"]).default("INFO").describe("What the functions log"),
  runner: runner.prefault({}).describe("How much the stage works at once"),
  ingest: ingest.prefault({}).describe("The function behind the API"),
  api: api.prefault({}).describe("How much the API takes"),
  canary: z
    .union([z.literal("all_at_once"), canary])
    .prefault({})
    .describe(
      "How a new version of a function takes over: 10 `percent` of the events for 5 `minutes`, taken back at 1 `errors` in a minute; or `all_at_once`",
    ),
  alarms: alarms.prefault({}).describe("Who is told when something is wrong, and from when on"),
  console: stageConsole.prefault({}).describe("Who gets into the console, beside those who have a token"),
  domain: domain.optional().describe("A domain name for the API"),
  waf: z
    .union([webAcl, waf])
    .optional()
    .describe(
      "ARN of a web ACL of AWS WAF, of global scope: a CloudFront distribution with it stands before the API, and what passes it by is refused. `{ acl, open: true }` lets the API's own address go on working beside it, while senders move",
    ),
  vpc: z
    .union([z.literal("new"), vpc])
    .optional()
    .describe(
      "Where the runner works: in a network that is made for it (`new`), or in subnets of yours, `{ subnets, security_groups }`, from which it must reach the internet, DynamoDB, SQS and Secrets Manager. Absent: outside of any VPC",
    ),
  otlp_endpoint: z
    .url()
    .optional()
    .describe("Collector of OpenTelemetry that the runner sends spans to. Absent: none are made"),
  otlp_content: z
    .boolean()
    .default(false)
    .describe("Whether these spans tell what models were asked and what they answered"),
  private_hosts: z
    .array(hostName)
    .default([])
    .describe("Hosts with private addresses that workflows may call"),
  environment: z
    .record(variableName, z.string())
    .default({})
    .describe("Values of names that workflows declare without `secret: true`"),
  email_rule_set: z
    .string()
    .min(1)
    .optional()
    .describe("Receipt rule set of SES that the rules of mails are added to. Absent: one of the stage's own"),
  retry_base_seconds: count(0, 900, 30).describe(
    "Wait before the second delivery of a failed run; doubles with each",
  ),
  secrets_ttl_seconds: count(0, 86_400, 300).describe(
    "How long the functions keep secrets before they look again",
  ),
  max_body_bytes: count(1, 6_000_000, 6_000_000).describe(
    "Largest body of a webhook, and of a mail with its event",
  ),
});

const stageName = sweeperConfig.shape.HOOKLINE_STAGE.refine(
  (name) => name !== "local",
  `"local" is the stage that npm start plays: give this one another name`,
);

/** A stage whose certificate and web ACL are where AWS looks for them. */
const stage = stageSchema.superRefine(({ account, region, domain: named, waf: firewall }, { addIssue }) => {
  const refuse = (path: string[], message: string) => addIssue({ code: "custom", path, message });
  const needed = firewall === undefined ? region : "us-east-1";
  const [, , , found] = named?.certificate.split(":") ?? [];
  if (found !== undefined && needed !== undefined && found !== needed)
    refuse(
      ["domain", "certificate"],
      `the certificate is one of ${found}: name one of ${needed}, ${firewall === undefined ? "the stage's region" : "where CloudFront looks for it, with `waf`"}`,
    );
  const acl = typeof firewall === "object" ? firewall.acl : firewall;
  const [, , , , owner] = acl?.split(":") ?? [];
  if (owner !== undefined && account !== undefined && owner !== account)
    refuse(["waf"], `the web ACL is one of account ${owner}: name one of ${account}, the stage's own`);
});

/** The content of `stages.yaml`. */
export const stagesSchema = z.strictObject({
  stages: z
    .record(stageName, stage)
    .refine((stages) => Object.keys(stages).length > 0, "name at least one stage, e.g. dev: {}")
    .describe("What each stage is, by its name"),
});

/** What differs between stages, with what is not written filled in. */
export type StageSettings = z.infer<typeof stageSchema>;
/** Every stage by its name. */
export type Stages = { readonly [stage: string]: StageSettings };
