import { CfnRule } from "aws-cdk-lib/aws-events";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { JsonObject } from "../lib/core/json.ts";
import { isSource, type SourceInput } from "../lib/core/source-input.ts";
import type { StageSettings } from "../lib/core/stages.ts";
import type { Workflow } from "../lib/core/workflow.ts";
import { mailPrefix } from "./mail.ts";
import { resolvedInput } from "./resolved-input.ts";

/** What the rules join. */
export interface EventRulesProps {
  readonly stage: string;
  readonly settings: StageSettings;
  readonly workflows: readonly Workflow[];
  readonly inbox: Queue;
  /** Where mails come to lie. */
  readonly mail: Bucket | undefined;
}

/** A rule of EventBridge for each workflow that waits for events, changes of objects or mails; each puts what fits into the inbox. */
export function addEventRules(scope: Construct, props: EventRulesProps): void {
  const { workflows, inbox } = props;
  const rules = new Construct(scope, "Events");
  const arns = workflows.flatMap((workflow) => {
    const input = isSource(workflow.input) ? resolvedInput(workflow, props) : undefined;
    const pattern = input && patternOf(workflow.name, input, props);
    if (!pattern) return [];
    const rule = new CfnRule(rules, workflow.name, {
      description: `Starts ${workflow.name}`,
      ...(input?.type === "eventbridge" && { eventBusName: input.bus }),
      eventPattern: pattern,
      targets: [
        {
          id: "Inbox",
          arn: inbox.queueArn,
          inputTransformer: {
            // EventBridge puts the whole event in (User Guide, "Input transformation", predefined variables).
            inputTemplate: `{"source":"hookline.event","workflow":${JSON.stringify(workflow.name)},"event":<aws.events.event.json>}`,
          },
        },
      ],
    });
    return [rule.attrArn];
  });
  if (arns.length === 0) return;
  inbox.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal("events.amazonaws.com")],
      actions: ["sqs:SendMessage"],
      resources: [inbox.queueArn],
      conditions: { ArnEquals: { "aws:SourceArn": arns } },
    }),
  );
}

const KINDS = { created: "Object Created", deleted: "Object Deleted" } as const;

function patternOf(name: string, input: SourceInput, { mail }: EventRulesProps): JsonObject | undefined {
  switch (input.type) {
    case "sqs":
      return undefined;
    case "eventbridge":
      return input.pattern;
    case "s3":
      return objectPattern(
        input.bucket,
        input.events.map((event) => KINDS[event]),
        keyPattern(input),
      );
    case "email":
      return objectPattern(mail?.bucketName ?? "", [KINDS.created], [{ prefix: mailPrefix(name) }]);
  }
}

function objectPattern(bucket: string, kinds: readonly string[], key: readonly JsonObject[]): JsonObject {
  return {
    source: ["aws.s3"],
    "detail-type": kinds,
    detail: { bucket: { name: [bucket] }, ...(key.length > 0 && { object: { key } }) },
  };
}

/** Alternatives are what a list in a pattern means; both ends at once are a wildcard, in which its two characters mean themselves. */
function keyPattern({ prefix, suffix }: { prefix?: string; suffix?: string }): readonly JsonObject[] {
  if (prefix !== undefined && suffix !== undefined)
    return [{ wildcard: `${literal(prefix)}*${literal(suffix)}` }];
  if (prefix !== undefined) return [{ prefix }];
  return suffix === undefined ? [] : [{ suffix }];
}

function literal(text: string): string {
  return text.replace(/[*\\]/g, String.raw`\$&`);
}
