import { RemovalPolicy, SecretValue, Validations } from "aws-cdk-lib";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { webhookKeyId, workflowSecretsId } from "../lib/core/stage-names.ts";

/** What a stage keeps secret. */
export interface StageSecrets {
  /** A JSON object of names and values that workflows read as `${env:NAME}`. */
  readonly workflowSecrets: Secret;
  /** `{"current": …, "previous": …}`: the key that webhook URLs are derived from. */
  readonly webhookKey: Secret;
}

/** Adds both secrets; they outlive the stack, since a lost webhook key changes every URL. */
export function addSecrets(scope: Construct, stage: string): StageSecrets {
  const workflowSecrets = new Secret(scope, "WorkflowSecrets", {
    secretName: workflowSecretsId(stage),
    description: "Hookline: names and values that workflows read, as a JSON object",
    secretStringValue: SecretValue.unsafePlainText("{}"),
    removalPolicy: RemovalPolicy.RETAIN,
  });
  Validations.of(workflowSecrets).acknowledge({
    id: "AwsSolutions-SMG4",
    reason: "It holds keys of other companies' services, which only those services can rotate.",
  });

  const webhookKey = new Secret(scope, "WebhookKey", {
    secretName: webhookKeyId(stage),
    description: "Hookline: key that webhook URLs are derived from",
    generateSecretString: {
      secretStringTemplate: "{}",
      generateStringKey: "current",
      passwordLength: 64,
      excludePunctuation: true,
    },
    removalPolicy: RemovalPolicy.RETAIN,
  });
  Validations.of(webhookKey).acknowledge({
    id: "AwsSolutions-SMG4",
    reason:
      "A new key changes the URLs that senders hold, so it is rotated by hand, with the previous key still valid.",
  });
  return { workflowSecrets, webhookKey };
}
