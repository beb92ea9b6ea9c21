import { join } from "node:path";
import { Duration, Stack, Validations } from "aws-cdk-lib";
import { EventSourceMapping, type IFunction } from "aws-cdk-lib/aws-lambda";
import type { CfnBucket } from "aws-cdk-lib/aws-s3";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Environment, InboxConfig } from "../lib/core/config.ts";
import { MOST_DELIVERIES } from "../lib/core/inbox-deliveries.ts";
import { inputNeeds } from "../lib/core/input-needs.ts";
import { inboxDeadLettersName, inboxName } from "../lib/core/stage-names.ts";
import { inputTable } from "../lib/core/workflow.ts";
import { addEventRules } from "./event-rules.ts";
import { addFunction } from "./function.ts";
import type { FunctionsProps, SharedVariables } from "./functions.ts";
import { addLiveAlias } from "./live-alias.ts";
import { addMail } from "./mail.ts";
import { plainEnvironment } from "./plain-environment.ts";
import { sourceQueues } from "./source-queues.ts";

/** What comes of the longest batch. A queue of somebody else may hide its messages for no less: 30 seconds is what SQS does by itself. */
const TIMEOUT = Duration.seconds(29);
/** Six times that, as AWS advises. */
const VISIBILITY = Duration.seconds(180);

const EMPTIES = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/** What the inbox is added to. */
export interface InboxProps extends FunctionsProps {
  readonly shared: SharedVariables;
  readonly runner: IFunction;
}

/** What services bring their events to. */
export interface Inbox {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  /** The function that empties it, by its alias. */
  readonly take: IFunction;
}

/**
 * Adds what takes events that services bring: a queue, the function that empties it and the queues of workflows, EventBridge's
 * rules, and the receipt of mails. A stage without such an input has none of it.
 */
export function addInbox(scope: Construct, props: InboxProps): Inbox | undefined {
  const { stage, build, settings, shared, table, work } = props;
  const workflows = build.workflows.filter(({ input }) => input.type !== "http_webhook");
  if (workflows.length === 0) return undefined;

  const deadLetters = new Queue(scope, "InboxDeadLetters", {
    queueName: inboxDeadLettersName(stage),
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  const inbox = new Queue(scope, "Inbox", {
    queueName: inboxName(stage),
    enforceSSL: true,
    retentionPeriod: Duration.days(7),
    visibilityTimeout: VISIBILITY,
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: MOST_DELIVERIES },
  });
  const mail = addMail(scope, { stage, settings, workflows });
  const queues = sourceQueues(workflows, props);
  const names = inputTable(workflows).flatMap(({ environment = [] }) => environment);
  const take = addFunction(scope, {
    id: "InboxFunction",
    description: "Stores and enqueues what services bring",
    bundle: join(build.dir, "inbox"),
    memorySize: 1024,
    timeout: TIMEOUT,
    logLevel: shared.HOOKLINE_LOG_LEVEL,
    environment: {
      ...plainEnvironment(build.workflows, settings.environment, names),
      ...shared,
      HOOKLINE_INBOX_URL: inbox.queueUrl,
      HOOKLINE_INBOX_ARN: inbox.queueArn,
      HOOKLINE_INBOX_DLQ_URL: deadLetters.queueUrl,
      HOOKLINE_MAX_BODY_BYTES: String(settings.max_body_bytes),
    } satisfies Environment<InboxConfig>,
    grants: [
      // Batches write a large event; reads recognise its own write.
      {
        actions: ["dynamodb:PutItem", "dynamodb:BatchWriteItem", "dynamodb:GetItem"],
        resources: [table.tableArn],
      },
      { actions: ["sqs:SendMessage"], resources: [work.queue.queueArn, deadLetters.queueArn] },
      { actions: ["sqs:ChangeMessageVisibility"], resources: [inbox.queueArn] },
      { actions: EMPTIES, resources: [inbox.queueArn] },
      ...(queues.size > 0 ? [{ id: "Queues", actions: EMPTIES, resources: [...queues.keys()] }] : []),
      // How the run of an earlier tick stands.
      ...(inputNeeds(inputTable(workflows)).has("ticks")
        ? [{ id: "Ticks", actions: ["dynamodb:BatchGetItem"], resources: [table.tableArn] }]
        : []),
      ...(mail ? [{ id: "Mail", actions: ["s3:GetObject"], resources: [mail.arnForObjects("*")] }] : []),
    ],
  });
  if (mail)
    Validations.of(scope).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${Stack.of(scope).getLogicalId(mail.node.defaultChild as CfnBucket)}.Arn>/*]`,
      reason: "SES chooses the keys of the mails, which are all that the bucket holds.",
    });
  const live = addLiveAlias(scope, "InboxFunction", take, props.shift);
  // What a newer inbox accepts may need step types that an older runner has not.
  live.node.addDependency(props.runner);
  addMapping(scope, "InboxQueue", live, inbox.queueArn);
  // A scope of their own: CDK then adds a hash to the ids, and "a-b" and "ab" stay apart.
  const readers = new Construct(scope, "Queues");
  for (const [queueArn, name] of queues) addMapping(readers, name, live, queueArn);
  addEventRules(scope, { ...props, workflows, inbox, mail });
  return { queue: inbox, deadLetters, take: live };
}

function addMapping(scope: Construct, id: string, target: IFunction, eventSourceArn: string): void {
  new EventSourceMapping(scope, id, {
    target,
    eventSourceArn,
    batchSize: 10,
    reportBatchItemFailures: true,
    maxConcurrency: 10,
  });
}
