import { Duration, Stack, Validations } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from "aws-cdk-lib/aws-s3";
import { CfnReceiptRule, CfnReceiptRuleSet } from "aws-cdk-lib/aws-ses";
import { Construct } from "constructs";
import type { StageSettings } from "../lib/core/stages.ts";
import type { Workflow } from "../lib/core/workflow.ts";
import { resolvedInput } from "./resolved-input.ts";

/** How the keys of a workflow's mails begin; SES puts the mail's id behind. */
export function mailPrefix(workflow: string): string {
  return `${workflow}/`;
}

/**
 * Adds a bucket for mails and a receipt rule for each workflow that waits for some, in a rule set of the stage's own or the one that
 * `email_rule_set` names. No rule set is made active: an account has one active set, and it may be somebody else's.
 */
export function addMail(
  scope: Construct,
  {
    stage,
    settings,
    workflows,
  }: { readonly stage: string; readonly settings: StageSettings; readonly workflows: readonly Workflow[] },
): Bucket | undefined {
  const readers = workflows.filter(({ input }) => input.type === "email");
  if (readers.length === 0) return undefined;
  const bucket = addBucket(scope);
  const { email_rule_set: theirs } = settings;
  const ruleSetName =
    theirs ?? new CfnReceiptRuleSet(scope, "MailRules", { ruleSetName: `hookline-${stage}` }).ref;
  const { partition, region, account } = Stack.of(scope);
  const { policyDependable } = bucket.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal("ses.amazonaws.com")],
      actions: ["s3:PutObject"],
      resources: [bucket.arnForObjects("*")],
      conditions: {
        StringEquals: { "aws:SourceAccount": account },
        ArnLike: {
          "aws:SourceArn": `arn:${partition}:ses:${region}:${account}:receipt-rule-set/${ruleSetName}:receipt-rule/*`,
        },
      },
    }),
  );
  const rules = new Construct(scope, "Mail");
  for (const workflow of readers) {
    const input = resolvedInput(workflow, { stage, settings });
    if (input.type !== "email") continue;
    const rule = new CfnReceiptRule(rules, workflow.name, {
      ruleSetName,
      rule: {
        enabled: true,
        scanEnabled: true,
        recipients: [...input.to],
        actions: [
          { s3Action: { bucketName: bucket.bucketName, objectKeyPrefix: mailPrefix(workflow.name) } },
        ],
      },
    });
    // SES tries to write when it gets the rule.
    if (policyDependable) rule.node.addDependency(policyDependable);
  }
  return bucket;
}

function addBucket(scope: Construct): Bucket {
  const bucket = new Bucket(scope, "MailBucket", {
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    lifecycleRules: [
      { expiration: Duration.days(30), abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
  });
  // The construct's own switch would bring a function along that makes this very setting.
  (bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
    eventBridgeConfiguration: { eventBridgeEnabled: true },
  };
  Validations.of(bucket).acknowledge({
    id: "AwsSolutions-S1",
    reason: "SES alone writes here and one function reads; each mail that was read is a run, which says so.",
  });
  return bucket;
}
