import { CfnOutput, Stack } from "aws-cdk-lib";
import { CfnSlackChannelConfiguration } from "aws-cdk-lib/aws-chatbot";
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";
import type { StageSettings } from "../lib/core/stages.ts";

/**
 * Adds the topic that alarms are sent to, with whom the stage names: mail addresses, which confirm once, and a channel of Slack by
 * AWS's own application for it, whose role may do nothing. The key is ours, since CloudWatch may not use the one that SNS brings.
 */
export function addAlarmTopic(scope: Construct, { emails, slack }: StageSettings["alarms"]): Topic {
  const { account, stackName } = Stack.of(scope);
  const cloudWatch = new ServicePrincipal("cloudwatch.amazonaws.com", {
    conditions: { StringEquals: { "aws:SourceAccount": account } },
  });
  const key = new Key(scope, "AlarmKey", {
    description: "Hookline: what alarms say, on its way to people",
    enableKeyRotation: true,
  });
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [cloudWatch],
      actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
      resources: ["*"],
    }),
  );
  const topic = new Topic(scope, "Alarms", {
    displayName: `${stackName} alarms`,
    masterKey: key,
    enforceSSL: true,
  });
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [cloudWatch],
      actions: ["sns:Publish"],
      resources: [topic.topicArn],
    }),
  );
  for (const address of emails) topic.addSubscription(new EmailSubscription(address));
  if (slack) {
    const role = new Role(scope, "SlackRole", { assumedBy: new ServicePrincipal("chatbot.amazonaws.com") });
    new CfnSlackChannelConfiguration(scope, "Slack", {
      configurationName: stackName,
      slackWorkspaceId: slack.workspace_id,
      slackChannelId: slack.channel_id,
      iamRoleArn: role.roleArn,
      guardrailPolicies: [ManagedPolicy.fromAwsManagedPolicyName("AWSDenyAll").managedPolicyArn],
      snsTopicArns: [topic.topicArn],
    });
  }
  new CfnOutput(scope, "AlarmTopicArn", { value: topic.topicArn });
  return topic;
}
