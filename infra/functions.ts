import { join } from "node:path";
import { Duration } from "aws-cdk-lib";
import type { IAlarm } from "aws-cdk-lib/aws-cloudwatch";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { EventSourceMapping, type IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { Environment, IngestConfig, RunnerConfig, SweeperConfig } from "../lib/core/config.ts";
import { inputNeeds } from "../lib/core/input-needs.ts";
import type { StageSettings } from "../lib/core/stages.ts";
import { inputTable } from "../lib/core/workflow.ts";
import type { Front } from "./front.ts";
import { addFunction } from "./function.ts";
import { addLiveAlias } from "./live-alias.ts";
import type { FunctionLogs } from "./log-queries.ts";
import { addNetwork } from "./network.ts";
import { plainEnvironment } from "./plain-environment.ts";
import type { Build } from "./read-build.ts";
import type { StageSecrets } from "./secrets.ts";
import type { Shift } from "./shift.ts";
import type { WorkQueue } from "./work-queue.ts";

/** What the functions work on. */
export interface FunctionsProps {
  readonly stage: string;
  readonly orgId: string;
  readonly build: Build;
  readonly settings: StageSettings;
  readonly table: TableV2;
  readonly work: WorkQueue;
  readonly secrets: StageSecrets;
  /** Absent: the API is asked directly. */
  readonly front: Front | undefined;
  /** Absent: new versions take over at once. */
  readonly shift: Shift | undefined;
}

/** The variables that every function has. */
export type SharedVariables = ReturnType<typeof sharedVariables>;

/** What every function is told. */
export function sharedVariables({ stage, settings, table, work }: FunctionsProps) {
  return {
    HOOKLINE_STAGE: stage,
    HOOKLINE_TABLE: table.tableName,
    HOOKLINE_QUEUE_URL: work.queue.queueUrl,
    HOOKLINE_DLQ_URL: work.deadLetters.queueUrl,
    HOOKLINE_LOG_LEVEL: settings.log_level,
    HOOKLINE_INVOCATION_SECONDS: String(settings.runner.timeout_seconds),
  } satisfies Environment<SweeperConfig>;
}

/**
 * Adds ingest, runner with its queue, and sweeper: each with the variables and the rights that its code uses. Ingest and runner are
 * called by their alias.
 */
export function addFunctions(
  scope: Construct,
  {
    orgId,
    build,
    settings,
    table,
    work,
    secrets,
    front,
    shift,
    shared,
    alarms,
  }: FunctionsProps & {
    readonly shared: SharedVariables;
    /** What takes a new ingest back beside its own errors. */
    readonly alarms: readonly IAlarm[];
  },
): {
  readonly ingest: IFunction;
  readonly runner: IFunction;
  readonly sweeper: IFunction;
  readonly logs: FunctionLogs;
} {
  const { queue, deadLetters } = work;
  const logLevel = shared.HOOKLINE_LOG_LEVEL;
  const webhooks = build.workflows.filter(({ input }) => input.type === "http_webhook");
  const inputNames = inputTable(webhooks).flatMap(({ environment = [] }) => environment);
  const needs = inputNeeds(inputTable(webhooks));
  const ingest = addFunction(scope, {
    id: "Ingest",
    description: "Checks, stores and enqueues an event",
    bundle: join(build.dir, "ingest"),
    memorySize: settings.ingest.memory_mb,
    // API Gateway waits 30 seconds; calls that hang end before, so that the sender gets a 503 of ours.
    timeout: Duration.seconds(29),
    logLevel,
    environment: {
      ...plainEnvironment(build.workflows, settings.environment, inputNames),
      ...shared,
      ...(needs.has("secrets") && { HOOKLINE_SECRETS_ID: secrets.workflowSecrets.secretArn }),
      ...front?.variables,
      HOOKLINE_ORG_ID: orgId,
      HOOKLINE_WEBHOOK_KEY_ID: secrets.webhookKey.secretArn,
      HOOKLINE_SECRETS_TTL_SECONDS: String(settings.secrets_ttl_seconds),
      HOOKLINE_MAX_BODY_BYTES: String(settings.max_body_bytes),
    } satisfies Environment<IngestConfig>,
    grants: [
      // Batches write a large event; reads recognise its own write; deletes take back what could not be enqueued.
      {
        actions: [
          "dynamodb:PutItem",
          "dynamodb:BatchWriteItem",
          "dynamodb:GetItem",
          "dynamodb:BatchGetItem",
          "dynamodb:DeleteItem",
        ],
        resources: [table.tableArn],
      },
      ...(needs.has("turns")
        ? [{ id: "Turns", actions: ["dynamodb:UpdateItem"], resources: [table.tableArn] }]
        : []),
      // A sender who waits is told what came of the whole run.
      ...(needs.has("answers")
        ? [{ id: "Answers", actions: ["dynamodb:Query"], resources: [table.tableArn] }]
        : []),
      // The delivery before says when a burst began.
      ...(needs.has("bursts")
        ? [{ id: "Bursts", actions: ["dynamodb:Query"], resources: [table.tableArn] }]
        : []),
      { actions: ["sqs:SendMessage"], resources: [queue.queueArn] },
      { actions: ["secretsmanager:GetSecretValue"], resources: [secrets.webhookKey.secretArn] },
      ...(front ? [front.grant] : []),
      // What webhooks are verified with lies among the workflows' secrets.
      ...(needs.has("secrets")
        ? [
            {
              id: "Secrets",
              actions: ["secretsmanager:GetSecretValue"],
              resources: [secrets.workflowSecrets.secretArn],
            },
          ]
        : []),
    ],
  });

  const runner = addFunction(scope, {
    id: "Runner",
    description: "Runs workflows",
    network: addNetwork(scope, settings),
    bundle: join(build.dir, "runner"),
    memorySize: settings.runner.memory_mb,
    timeout: Duration.seconds(settings.runner.timeout_seconds),
    logLevel,
    environment: {
      ...plainEnvironment(build.workflows, settings.environment),
      ...shared,
      HOOKLINE_SECRETS_ID: secrets.workflowSecrets.secretArn,
      HOOKLINE_MAX_RECEIVE_COUNT: String(work.maxReceiveCount),
      ...(settings.otlp_endpoint !== undefined && { OTEL_EXPORTER_OTLP_ENDPOINT: settings.otlp_endpoint }),
      ...(settings.otlp_content && { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "true" }),
      HOOKLINE_SECRETS_TTL_SECONDS: String(settings.secrets_ttl_seconds),
      HOOKLINE_ALLOW_PRIVATE_HOSTS: settings.private_hosts.join(","),
      HOOKLINE_RETRY_BASE_SECONDS: String(settings.retry_base_seconds),
    } satisfies Environment<RunnerConfig>,
    grants: [
      {
        actions: [
          "dynamodb:PutItem",
          "dynamodb:UpdateItem",
          "dynamodb:BatchWriteItem",
          "dynamodb:GetItem",
          "dynamodb:BatchGetItem",
          "dynamodb:Query",
        ],
        resources: [table.tableArn],
      },
      // Out of the line of those that wait for a slot.
      ...(needs.has("slots")
        ? [{ id: "Slots", actions: ["dynamodb:DeleteItem"], resources: [table.tableArn] }]
        : []),
      {
        actions: [
          "sqs:ReceiveMessage",
          "sqs:DeleteMessage",
          "sqs:GetQueueAttributes",
          "sqs:ChangeMessageVisibility",
          "sqs:SendMessage",
        ],
        resources: [queue.queueArn],
      },
      { actions: ["sqs:SendMessage"], resources: [deadLetters.queueArn] },
      { actions: ["secretsmanager:GetSecretValue"], resources: [secrets.workflowSecrets.secretArn] },
    ],
  });
  const liveRunner = addLiveAlias(scope, "Runner", runner, shift);
  new EventSourceMapping(scope, "RunnerQueue", {
    target: liveRunner,
    eventSourceArn: queue.queueArn,
    batchSize: 10,
    reportBatchItemFailures: true,
    maxConcurrency: settings.runner.concurrency,
  });

  const liveIngest = addLiveAlias(scope, "Ingest", ingest, shift, alarms);
  // What a newer ingest accepts may need step types that an older runner has not.
  liveIngest.node.addDependency(liveRunner);

  const sweeper = addFunction(scope, {
    id: "Sweeper",
    description: "Enqueues runs that should have moved",
    bundle: join(build.dir, "sweeper"),
    memorySize: 256,
    timeout: Duration.seconds(60),
    logLevel,
    environment: shared,
    grants: [
      { actions: ["dynamodb:Query"], resources: [`${table.tableArn}/index/due`] },
      {
        actions: ["dynamodb:BatchGetItem", "dynamodb:UpdateItem", "dynamodb:GetItem"],
        resources: [table.tableArn],
      },
      { actions: ["sqs:SendMessage"], resources: [queue.queueArn] },
    ],
  });
  const logs = { ingest: ingest.logGroup, runner: runner.logGroup, sweeper: sweeper.logGroup };
  return { ingest: liveIngest, runner: liveRunner, sweeper, logs };
}
