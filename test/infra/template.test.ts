import { beforeAll, describe, expect, test } from "@jest/globals";
import { tableDefinition } from "../../lib/adapters/dynamo/table-definition.ts";
import { ingestConfig, readConfig, runnerConfig, sweeperConfig } from "../../lib/core/config.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import { emptyWorkflow } from "../support/empty-workflow.ts";
import { grantsOf, type Resource, type Synthesis, synthesise } from "../support/synthesise.ts";

const input = {
  type: "cron",
  timezone: "Europe/Berlin",
  startNow: false,
  overlap: "allow",
  payload: {},
} as const;
const workflows = [
  emptyWorkflow({
    name: "nightly-report",
    input: { ...input, cron: "30 2 * * 1-5" },
    environment: [
      { name: "CRM_URL", secret: false, declared: true, required: true },
      { name: "CRM_TOKEN", secret: true, declared: true, required: true },
    ],
  }),
  emptyWorkflow({ name: "elsewhere", stages: ["dev"], input: { ...input, cron: "0 0 * * *" } }),
  emptyWorkflow({ name: "by-webhook" }),
  emptyWorkflow({
    name: "hourly",
    hash: "c0ffee".repeat(8),
    input: { ...input, cron: "0 * * * *", startNow: true, overlap: "skip" },
  }),
  emptyWorkflow({
    name: "orders",
    input: { type: "sqs", queue: "${env:ORDERS_QUEUE}" },
    environment: [{ name: "ORDERS_QUEUE", secret: false, declared: true, required: true }],
  }),
  emptyWorkflow({
    name: "placed",
    input: { type: "eventbridge", bus: "shop", pattern: { source: ["shop.${env:STAGE}"] } },
    environment: [{ name: "STAGE", secret: false, declared: false, required: true }],
  }),
  emptyWorkflow({
    name: "uploads",
    input: { type: "s3", bucket: "uploads", prefix: "in/*", suffix: ".csv", events: ["created", "deleted"] },
  }),
  emptyWorkflow({ name: "bills", input: { type: "email", to: ["bills@in.example.com"] } }),
];
const ORDERS = "arn:aws:sqs:eu-west-1:123456789012:orders";

let stack: Synthesis;

beforeAll(async () => {
  stack = await synthesise({
    stage: "prod",
    settings: {
      org_id: "acme",
      environment: { CRM_URL: "https://crm.example", ORDERS_QUEUE: ORDERS, OF_NO_WORKFLOW: "x" },
      private_hosts: ["crm.internal", "10.0.0.7"],
    },
    workflows,
  });
});

function all(type: string): readonly Resource[] {
  return stack.resources.filter((resource) => resource.type === type);
}

function one(type: string, id?: string): Resource {
  const found = all(type).filter((resource) => id === undefined || resource.id === id);
  expect(found).toHaveLength(1);
  return found[0] as Resource;
}

function variablesOf(name: string): { readonly [variable: string]: string } {
  const { Environment } = one("AWS::Lambda::Function", name).properties as { Environment: JsonObject };
  return Environment.Variables as { readonly [variable: string]: string };
}

function rightsOf(name: string): readonly string[] {
  return grantsOf(stack, name).map(
    ({ actions, resources }) => `${actions.join(" ")} on ${resources.join(" ")}`,
  );
}

test("cdk-nag and CloudFormation's schema find nothing that is not acknowledged", () => {
  expect(stack.findings).toEqual([]);
});

describe("the table", () => {
  test("has the keys and indexes that the store is written for", () => {
    const { TableName: _, ...definition } = tableDefinition("any");
    expect(one("AWS::DynamoDB::GlobalTable").properties).toMatchObject(definition);
  });

  test("deletes by expires_at, can be restored to any second, and outlives the stack", () => {
    const table = one("AWS::DynamoDB::GlobalTable");
    expect(table.properties).toMatchObject({
      TimeToLiveSpecification: { AttributeName: "expires_at", Enabled: true },
      Replicas: [
        {
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      ],
    });
    expect(table.attributes).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
  });
});

describe("the queue", () => {
  test("hides a message for six times the runner's timeout and gives it up after five deliveries", () => {
    expect(one("AWS::SQS::Queue", "Queue").properties).toMatchObject({
      VisibilityTimeout: 6 * 900,
      RedrivePolicy: { deadLetterTargetArn: "DeadLetters.Arn", maxReceiveCount: 5 },
    });
    expect(variablesOf("Runner").HOOKLINE_MAX_RECEIVE_COUNT).toBe("5");
  });

  test("dead letters stay 14 days, longer than messages of the queue", () => {
    expect(one("AWS::SQS::Queue", "DeadLetters").properties.MessageRetentionPeriod).toBe(14 * 86_400);
    expect(one("AWS::SQS::Queue", "Queue").properties.MessageRetentionPeriod).toBe(4 * 86_400);
  });

  test("all queues refuse connections without TLS", () => {
    const policies = all("AWS::SQS::QueuePolicy");
    expect(policies.flatMap(({ properties }) => properties.Queues as readonly Json[])).toEqual([
      "DeadLetters",
      "Queue",
      "InboxDeadLetters",
      "Inbox",
    ]);
    for (const { properties } of policies) {
      expect(properties.PolicyDocument).toMatchObject({
        Statement: expect.arrayContaining([
          expect.objectContaining({
            Effect: "Deny",
            Action: "sqs:*",
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          }),
        ]),
      });
    }
  });

  test("feeds the runner ten at a time and takes back only the messages that failed", () => {
    expect(one("AWS::Lambda::EventSourceMapping", "RunnerQueue").properties).toEqual({
      EventSourceArn: "Queue.Arn",
      FunctionName: "RunnerLive:live",
      BatchSize: 10,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      ScalingConfig: { MaximumConcurrency: 20 },
    });
  });
});

describe("the functions", () => {
  test("there are six, on Node 24 and arm64, that log JSON into a group of their own", () => {
    const functions = all("AWS::Lambda::Function");
    expect(functions.map(({ id }) => id)).toEqual([
      "Ingest",
      "Runner",
      "Sweeper",
      "InboxFunction",
      "Console",
      "ConsoleActions",
    ]);
    for (const { id, properties } of functions) {
      expect(properties).toMatchObject({
        Runtime: "nodejs24.x",
        Architectures: ["arm64"],
        Handler: "index.handler",
        Role: `${id}Role.Arn`,
        LoggingConfig: { LogFormat: "JSON", ApplicationLogLevel: "INFO", LogGroup: `${id}Log` },
      });
    }
  });

  test("ingest and inbox take over after the runner: what they accept is known there", () => {
    for (const id of ["IngestLive", "InboxFunctionLive"])
      expect(JSON.stringify(one("AWS::Lambda::Alias", id).attributes.DependsOn)).toMatch(/"RunnerLive\w{8}"/);
  });

  test("their source maps stay with the build", () => {
    expect(stack.assets).toContain("index.mjs");
    expect(stack.assets).not.toContain("index.mjs.map");
  });

  test.each([
    ["Ingest", 512, 29],
    ["Runner", 1769, 900],
    ["Sweeper", 256, 60],
  ])("%s has %i MB and %i seconds", (name, MemorySize, Timeout) => {
    expect(one("AWS::Lambda::Function", name).properties).toMatchObject({ MemorySize, Timeout });
  });

  test.each([
    ["Ingest", ingestConfig],
    ["Runner", runnerConfig],
    ["Sweeper", sweeperConfig],
  ])("%s gets exactly the variables its configuration knows", (name, schema) => {
    const variables = variablesOf(name);
    const known = Object.keys(schema.shape);
    expect(
      Object.keys(variables).filter((variable) => /^HOOKLINE_/.test(variable) && !known.includes(variable)),
    ).toEqual([]);
    // A queue's Ref is its URL.
    const urls = { HOOKLINE_QUEUE_URL: "https://sqs/queue", HOOKLINE_DLQ_URL: "https://sqs/dead" };
    expect(readConfig(schema, { ...variables, ...urls })).toMatchObject({
      HOOKLINE_STAGE: "prod",
      HOOKLINE_TABLE: "Table",
    });
    expect(variables).toMatchObject({ HOOKLINE_QUEUE_URL: "Queue", HOOKLINE_DLQ_URL: "DeadLetters" });
  });

  test("the runner reads the stage's values of names that a workflow declares, and knows its private hosts", () => {
    expect(variablesOf("Runner")).toMatchObject({
      CRM_URL: "https://crm.example",
      HOOKLINE_ALLOW_PRIVATE_HOSTS: "crm.internal,10.0.0.7",
    });
    expect(variablesOf("Runner")).not.toHaveProperty("OF_NO_WORKFLOW");
  });

  test("all three know how long the runner's invocations last", () => {
    for (const name of ["Ingest", "Runner", "Sweeper"])
      expect(variablesOf(name)).toMatchObject({ HOOKLINE_INVOCATION_SECONDS: "900" });
  });
});

describe("the roles", () => {
  test("ingest stores a run, takes it back, enqueues it, and reads the webhook key", () => {
    expect(rightsOf("Ingest")).toEqual([
      "logs:CreateLogStream logs:PutLogEvents on IngestLog.Arn",
      "dynamodb:PutItem dynamodb:BatchWriteItem dynamodb:GetItem dynamodb:BatchGetItem dynamodb:DeleteItem on Table.Arn",
      "sqs:SendMessage on Queue.Arn",
      "secretsmanager:GetSecretValue on WebhookKey",
    ]);
  });

  test("the runner reads and writes runs, works both queues, and reads the workflows' secrets", () => {
    expect(rightsOf("Runner")).toEqual([
      "logs:CreateLogStream logs:PutLogEvents on RunnerLog.Arn",
      "dynamodb:PutItem dynamodb:UpdateItem dynamodb:BatchWriteItem dynamodb:GetItem dynamodb:BatchGetItem dynamodb:Query on Table.Arn",
      "sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes sqs:ChangeMessageVisibility sqs:SendMessage on Queue.Arn",
      "sqs:SendMessage on DeadLetters.Arn",
      "secretsmanager:GetSecretValue on WorkflowSecrets",
    ]);
  });

  test("the sweeper reads what is due, moves it, and enqueues it", () => {
    expect(rightsOf("Sweeper")).toEqual([
      "logs:CreateLogStream logs:PutLogEvents on SweeperLog.Arn",
      "dynamodb:Query on Table.Arn/index/due",
      "dynamodb:BatchGetItem dynamodb:UpdateItem dynamodb:GetItem on Table.Arn",
      "sqs:SendMessage on Queue.Arn",
    ]);
  });

  const CONSOLE_READS = [
    "dynamodb:GetItem dynamodb:BatchGetItem on Table.Arn",
    "dynamodb:Query on Table.Arn Table.Arn/index/by_workflow",
    "secretsmanager:GetSecretValue on ConsoleReadToken ConsoleActToken",
    "sqs:ReceiveMessage sqs:ChangeMessageVisibility on DeadLetters.Arn InboxDeadLetters.Arn",
    "cloudwatch:GetMetricData on *",
  ];

  test("what shows the console's pages reads, and can change no run", () => {
    expect(rightsOf("Console")).toEqual([
      "logs:CreateLogStream logs:PutLogEvents on ConsoleLog.Arn",
      ...CONSOLE_READS,
    ]);
  });

  test("what the console's buttons call writes runs, takes one back and enqueues them too", () => {
    expect(rightsOf("ConsoleActions")).toEqual([
      "logs:CreateLogStream logs:PutLogEvents on ConsoleActionsLog.Arn",
      ...CONSOLE_READS,
      "dynamodb:PutItem dynamodb:UpdateItem dynamodb:BatchWriteItem dynamodb:DeleteItem on Table.Arn",
      "sqs:SendMessage on Queue.Arn",
    ]);
  });

  test("the inbox stores and enqueues runs, gives messages up, empties the queues it is fed by, and reads mails", () => {
    expect(rightsOf("InboxFunction")).toEqual([
      "logs:CreateLogStream logs:PutLogEvents on InboxFunctionLog.Arn",
      "dynamodb:PutItem dynamodb:BatchWriteItem dynamodb:GetItem on Table.Arn",
      "sqs:SendMessage on Queue.Arn InboxDeadLetters.Arn",
      "sqs:ChangeMessageVisibility on Inbox.Arn",
      "sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes on Inbox.Arn",
      `sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes on ${ORDERS}`,
      "dynamodb:BatchGetItem on Table.Arn",
      "s3:GetObject on MailBucket.Arn/*",
    ]);
  });

  test("the scheduler invokes the sweeper and writes to the inbox, for this account only", () => {
    expect(rightsOf("Scheduler")).toEqual([
      "lambda:InvokeFunction on Sweeper.Arn",
      "sqs:SendMessage on Inbox.Arn",
    ]);
    expect(one("AWS::IAM::Role", "SchedulerRole").properties).toMatchObject({
      AssumeRolePolicyDocument: {
        Statement: [{ Condition: { StringEquals: { "aws:SourceAccount": "AWS::AccountId" } } }],
      },
    });
  });

  test("no role has a managed policy", () => {
    expect(all("AWS::IAM::Role").filter(({ properties }) => "ManagedPolicyArns" in properties)).toEqual([]);
  });
});

describe("the API", () => {
  test("has the webhooks' path, to ingest: POST for deliveries, GET for the questions of some services; the rest is the console's", () => {
    expect(all("AWS::ApiGatewayV2::Route").map(({ properties }) => properties.RouteKey)).toEqual([
      "POST /v1/webhooks/{org_id}/{workflow_id}/{security_hash}",
      "GET /v1/webhooks/{org_id}/{workflow_id}/{security_hash}",
      "HEAD /v1/webhooks/{org_id}/{workflow_id}/{security_hash}",
      "GET /",
      "GET /{proxy+}",
      "POST /",
      "POST /{proxy+}",
    ]);
    const integrations = all("AWS::ApiGatewayV2::Integration").map(({ properties }) => properties);
    expect(integrations.map(({ IntegrationUri }) => IntegrationUri)).toEqual([
      "IngestLive",
      "Console.Arn",
      "ConsoleActions.Arn",
    ]);
    for (const { PayloadFormatVersion } of integrations) expect(PayloadFormatVersion).toBe("2.0");
  });

  test("is throttled", () => {
    expect(one("AWS::ApiGatewayV2::Stage").properties.DefaultRouteSettings).toEqual({
      ThrottlingBurstLimit: 1000,
      ThrottlingRateLimit: 500,
    });
  });

  test("its access log holds no path, so no security hash", () => {
    const { DestinationArn, Format } = one("AWS::ApiGatewayV2::Stage").properties.AccessLogSettings as {
      readonly DestinationArn: string;
      readonly Format: string;
    };
    expect(DestinationArn).toBe("AccessLog.Arn");
    expect(Format.match(/\$context\.[\w.]+/g)).toEqual([
      "$context.requestTime",
      "$context.routeKey",
      "$context.status",
      "$context.requestId",
      "$context.identity.sourceIp",
      "$context.responseLatency",
      "$context.integrationErrorMessage",
    ]);
  });
});

test("logs are kept for a month", () => {
  const retention = all("AWS::Logs::LogGroup").map(({ id, properties }) => [id, properties.RetentionInDays]);
  expect(Object.fromEntries(retention)).toEqual({
    IngestLog: 30,
    ConsoleLog: 30,
    ConsoleActionsLog: 30,
    InboxFunctionLog: 30,
    RunnerLog: 30,
    SweeperLog: 30,
    AccessLog: 30,
  });
});

describe("the secrets", () => {
  test("the workflows' secrets begin as an empty JSON object", () => {
    expect(one("AWS::SecretsManager::Secret", "WorkflowSecrets").properties.SecretString).toBe("{}");
  });

  test("the webhook key is made by AWS, as the current one of a JSON object", () => {
    expect(one("AWS::SecretsManager::Secret", "WebhookKey").properties.GenerateSecretString).toEqual({
      SecretStringTemplate: "{}",
      GenerateStringKey: "current",
      PasswordLength: 64,
      ExcludePunctuation: true,
    });
  });

  test("all outlive the stack", () => {
    for (const { attributes } of all("AWS::SecretsManager::Secret")) {
      expect(attributes).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
    }
  });
});

describe("the schedules", () => {
  test("the sweeper runs every minute", () => {
    expect(one("AWS::Scheduler::Schedule", "SweepSchedule").properties).toMatchObject({
      ScheduleExpression: "rate(1 minute)",
      Target: { Arn: "Sweeper.Arn", RoleArn: "SchedulerRole.Arn", RetryPolicy: { MaximumRetryAttempts: 0 } },
    });
  });

  test("each cron workflow of the stage writes to the inbox in its own time zone", () => {
    expect(all("AWS::Scheduler::Schedule").map(({ id }) => id)).toEqual([
      "SweepSchedule",
      "Cronnightlyreport",
      "Cronhourly",
      "Starthourlyc0ffeec0ffee",
    ]);
    const { Target, ...schedule } = one("AWS::Scheduler::Schedule", "Cronnightlyreport").properties;
    expect(schedule).toMatchObject({
      ScheduleExpression: "cron(30 2 ? * MON,TUE,WED,THU,FRI *)",
      ScheduleExpressionTimezone: "Europe/Berlin",
      FlexibleTimeWindow: { Mode: "OFF" },
    });
    const { Arn, Input } = Target as { readonly Arn: string; readonly Input: string };
    expect(Arn).toBe("Inbox.Arn");
    expect(JSON.parse(Input)).toEqual({
      source: "hookline.cron",
      workflow: "nightly-report",
      scheduled_at: "<aws.scheduler.scheduled-time>",
    });
  });
});

test("a workflow that starts at once gets a schedule for each version, whose first tick comes when it is made", () => {
  const { properties, attributes } = one("AWS::Scheduler::Schedule", "Starthourlyc0ffeec0ffee");
  expect(properties).toMatchObject({ ScheduleExpression: "rate(365 days)" });
  expect(properties).not.toHaveProperty("StartDate");
  expect(JSON.parse((properties.Target as { Input: string }).Input)).toEqual({
    source: "hookline.cron",
    workflow: "hourly",
    scheduled_at: "<aws.scheduler.scheduled-time>",
    version: "c0ffee".repeat(8),
  });
  expect(JSON.stringify(attributes.DependsOn)).toMatch(/"InboxFunctionLive\w{8}"/);
});

describe("the inbox", () => {
  test("keeps what cannot be stored for three days, then puts it aside", () => {
    expect(one("AWS::SQS::Queue", "Inbox").properties).toMatchObject({
      QueueName: "hookline-prod-inbox",
      VisibilityTimeout: 180,
      RedrivePolicy: { deadLetterTargetArn: "InboxDeadLetters.Arn", maxReceiveCount: 1000 },
    });
  });

  test("feeds one function, which also empties the queues of workflows; what failed of a batch stays", () => {
    const mappings = all("AWS::Lambda::EventSourceMapping").filter(
      ({ properties }) => properties.FunctionName === "InboxFunctionLive:live",
    );
    expect(mappings.map(({ properties }) => properties.EventSourceArn)).toEqual(["Inbox.Arn", ORDERS]);
    for (const { properties } of mappings)
      expect(properties).toMatchObject({ FunctionResponseTypes: ["ReportBatchItemFailures"], BatchSize: 10 });
  });

  test("a queue that is not ours may hide its messages for the 30 seconds that SQS gives by itself", () => {
    expect(one("AWS::Lambda::Function", "InboxFunction").properties.Timeout).toBeLessThanOrEqual(30);
  });

  test("knows what the inputs read of the environment", () => {
    expect(variablesOf("InboxFunction")).toMatchObject({ ORDERS_QUEUE: ORDERS });
    expect(variablesOf("Ingest")).not.toHaveProperty("ORDERS_QUEUE");
  });
});

describe("the rules of EventBridge", () => {
  const patternOf = (id: string) => one("AWS::Events::Rule", id).properties.EventPattern;

  test("one for each workflow that waits for events; each puts the whole event into the inbox", () => {
    expect(all("AWS::Events::Rule").map(({ id }) => id)).toEqual([
      "Eventsplaced",
      "Eventsuploads",
      "Eventsbills",
    ]);
    expect(one("AWS::Events::Rule", "Eventsplaced").properties).toMatchObject({
      EventBusName: "shop",
      EventPattern: { source: ["shop.prod"] },
      Targets: [
        {
          Arn: "Inbox.Arn",
          InputTransformer: {
            InputTemplate: '{"source":"hookline.event","workflow":"placed","event":<aws.events.event.json>}',
          },
        },
      ],
    });
  });

  test("objects are told apart by bucket, event and key, in which the file's own asterisk means itself", () => {
    expect(patternOf("Eventsuploads")).toEqual({
      source: ["aws.s3"],
      "detail-type": ["Object Created", "Object Deleted"],
      detail: { bucket: { name: ["uploads"] }, object: { key: [{ wildcard: "in/\\**.csv" }] } },
    });
  });

  test("mails are told apart by the prefix that their receipt rule gives them", () => {
    expect(patternOf("Eventsbills")).toEqual({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { bucket: { name: ["MailBucket"] }, object: { key: [{ prefix: "bills/" }] } },
    });
  });

  test("they alone may write into the inbox", () => {
    const { Statement } = one("AWS::SQS::QueuePolicy", "InboxPolicy").properties.PolicyDocument as {
      readonly Statement: readonly JsonObject[];
    };
    expect(Statement.filter(({ Effect }) => Effect === "Allow")).toEqual([
      {
        Action: "sqs:SendMessage",
        Condition: {
          ArnEquals: { "aws:SourceArn": ["Eventsplaced.Arn", "Eventsuploads.Arn", "Eventsbills.Arn"] },
        },
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Resource: "Inbox.Arn",
      },
    ]);
  });
});

describe("mails", () => {
  test("are scanned and stored by a rule of the workflow's own, in a rule set that nothing makes active", () => {
    expect(one("AWS::SES::ReceiptRule", "Mailbills").properties).toEqual({
      RuleSetName: "MailRules",
      Rule: {
        Enabled: true,
        ScanEnabled: true,
        Recipients: ["bills@in.example.com"],
        Actions: [{ S3Action: { BucketName: "MailBucket", ObjectKeyPrefix: "bills/" } }],
      },
    });
    expect(one("AWS::SES::ReceiptRuleSet").properties).toEqual({ RuleSetName: "hookline-prod" });
  });

  test("lie in a private, encrypted bucket for a month, which SES alone may write, by rules of this set", () => {
    expect(one("AWS::S3::Bucket").properties).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 30, Status: "Enabled" }] },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
    const { Statement } = one("AWS::S3::BucketPolicy").properties.PolicyDocument as {
      readonly Statement: readonly JsonObject[];
    };
    expect(Statement.filter(({ Effect }) => Effect === "Allow")).toEqual([
      {
        Action: "s3:PutObject",
        Condition: {
          StringEquals: { "aws:SourceAccount": "AWS::AccountId" },
          ArnLike: {
            "aws:SourceArn":
              "arn:AWS::Partition:ses:AWS::Region:AWS::AccountId:receipt-rule-set/MailRules:receipt-rule/*",
          },
        },
        Effect: "Allow",
        Principal: { Service: "ses.amazonaws.com" },
        Resource: "MailBucket.Arn/*",
      },
    ]);
  });
});

describe("a stage with what few stages have", () => {
  let rare: Synthesis;
  beforeAll(async () => {
    const rate = { count: 1, perSeconds: 1, over: "reject" } as const;
    rare = await synthesise({
      stage: "dev",
      settings: { email_rule_set: "theirs" },
      workflows: [
        emptyWorkflow({ input: { type: "email", to: ["in.example.com"] } }),
        emptyWorkflow({
          name: "limited",
          input: {
            type: "http_webhook",
            limits: { rate, concurrency: { count: 1 }, debounce: { seconds: 5, maxSeconds: 60 } },
          },
        }),
      ],
    });
  }, 60_000);

  test("a rule set that is there already is used, and none is made", () => {
    const ofSes = rare.resources.filter(({ type }) => type.startsWith("AWS::SES::"));
    expect(ofSes.map(({ properties }) => properties.RuleSetName)).toEqual(["theirs"]);
    expect(rare.findings).toEqual([]);
  });

  test("ingest may update items where a webhook has a rate, and query where bursts have an end; the runner may delete where its runs wait in line", () => {
    const actionsOf = (name: string) => grantsOf(rare, name).flatMap(({ actions }) => actions);
    expect(actionsOf("Ingest")).toContain("dynamodb:UpdateItem");
    expect(actionsOf("Ingest")).toContain("dynamodb:Query");
    expect(actionsOf("Runner")).toContain("dynamodb:DeleteItem");
  });
});

test("the outputs name everything a person or the command line needs", () => {
  expect(stack.outputs).toEqual({
    AlarmTopicArn: { Value: "Alarms" },
    ApiEndpoint: { Value: "Api.ApiEndpoint" },
    OrgId: { Value: "acme" },
    TableName: { Value: "Table" },
    QueueUrl: { Value: "Queue" },
    DeadLetterUrl: { Value: "DeadLetters" },
    WorkflowSecretsArn: { Value: "WorkflowSecrets" },
    WebhookKeyArn: { Value: "WebhookKey" },
  });
  expect(variablesOf("Ingest").HOOKLINE_ORG_ID).toBe("acme");
});
