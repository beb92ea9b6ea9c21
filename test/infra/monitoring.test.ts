import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import { METRICS } from "../../lib/core/metric-catalog.ts";
import { emptyWorkflow } from "../support/empty-workflow.ts";
import { type Resource, type Synthesis, synthesise } from "../support/synthesise.ts";

const PAGES = new URL("../../docs/alarms/", import.meta.url);

let stack: Synthesis;

beforeAll(async () => {
  stack = await synthesise({
    stage: "prod",
    settings: {
      otlp_endpoint: "https://collector.example:4318",
      alarms: {
        emails: ["oncall@example.com"],
        slack: { workspace_id: "T0123ABCD", channel_id: "C0123ABCD" },
        dead_letters: 7,
        spend_usd_per_hour: 2.5,
      },
    },
    workflows: [
      emptyWorkflow({ name: "orders" }),
      emptyWorkflow({
        name: "uploads",
        input: { type: "s3", bucket: "uploads", events: ["created"] },
      }),
    ],
  });
});

const all = (type: string): readonly Resource[] =>
  stack.resources.filter((resource) => resource.type === type);
const one = (type: string): JsonObject => {
  expect(all(type)).toHaveLength(1);
  return all(type)[0]?.properties ?? {};
};
/** Those that call people; the others take a deployment back. */
const calling = () =>
  all("AWS::CloudWatch::Alarm")
    .map(({ properties }) => properties)
    .filter(({ AlarmActions }) => AlarmActions !== undefined);
const named = (name: string) =>
  calling().find(({ AlarmName }) => AlarmName === `hookline-prod-${name}`) ?? {};

test("cdk-nag finds nothing", () => {
  expect(stack.findings).toEqual([]);
});

describe("every alarm", () => {
  test("is one of execution.md section 8, or watches what keeps the promises", () => {
    expect(calling().map(({ AlarmName }) => AlarmName)).toEqual(
      [
        "dead-letters",
        "oldest-message",
        "failure-rate",
        "throttles",
        "ingest-errors",
        "ingest-latency",
        "spend",
        "sweeper-not-running",
        "inbox-dead-letters",
      ].map((name) => `hookline-prod-${name}`),
    );
  });

  test("has its page, and no page is without its alarm", () => {
    const names = calling().map(({ AlarmName }) => String(AlarmName).slice("hookline-prod-".length));
    expect(readdirSync(PAGES).sort()).toEqual(names.map((name) => `${name}.md`).sort());
    for (const name of names) {
      expect(named(name).AlarmDescription).toContain(`See docs/alarms/${name}.md.`);
      const page = readFileSync(new URL(`${name}.md`, PAGES), "utf8");
      for (const part of [`# Alarm: ${name}`, "## What it means", "## How to look", "## What to do"])
        expect(page).toContain(`${part}\n`);
    }
  });

  test("tells the topic when it rings and when it is over; its text fits into CloudWatch's 1,024 characters", () => {
    for (const { AlarmActions, OKActions, AlarmDescription } of calling()) {
      expect([AlarmActions, OKActions]).toEqual([["Alarms"], ["Alarms"]]);
      expect(String(AlarmDescription).length).toBeLessThanOrEqual(1024);
    }
  });

  test("takes silence for peace, but for the one that waits for the sweeper", () => {
    const noisy = calling().filter(({ TreatMissingData }) => TreatMissingData !== "notBreaching");
    expect(noisy).toEqual([named("sweeper-not-running")]);
    expect(noisy[0]).toMatchObject({
      TreatMissingData: "breaching",
      ComparisonOperator: "LessThanThreshold",
    });
  });

  test("rings at what stages.yaml says", () => {
    expect(named("dead-letters").Threshold).toBe(7);
    expect(named("spend")).toMatchObject({
      Threshold: 2.5,
      Namespace: "Hookline",
      MetricName: "ModelCost",
      Dimensions: [{ Name: "Stage", Value: "prod" }],
      Period: 3600,
      Statistic: "Sum",
    });
    expect(named("failure-rate").Threshold).toBe(20);
  });

  test("reads no metric of ours that nobody writes", () => {
    const names = metricsIn(calling()).filter(({ Namespace }) => Namespace === "Hookline");
    expect(names.length).toBeGreaterThan(0);
    for (const { MetricName } of names) expect(Object.keys(METRICS)).toContain(MetricName);
  });
});

describe("the topic of alarms", () => {
  test("is encrypted with a key that turns, and takes nothing that is not", () => {
    expect(one("AWS::SNS::Topic").KmsMasterKeyId).toBe("AlarmKey.Arn");
    expect(one("AWS::KMS::Key").EnableKeyRotation).toBe(true);
    const { PolicyDocument } = one("AWS::SNS::TopicPolicy");
    const { Statement } = PolicyDocument as { Statement: readonly JsonObject[] };
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Effect: "Deny",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      }),
    );
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Condition: { StringEquals: { "aws:SourceAccount": expect.anything() } },
      }),
    );
  });

  test("tells the addresses, and a channel of Slack by a role that may do nothing", () => {
    expect(one("AWS::SNS::Subscription")).toMatchObject({
      Protocol: "email",
      Endpoint: "oncall@example.com",
    });
    expect(one("AWS::Chatbot::SlackChannelConfiguration")).toMatchObject({
      SlackWorkspaceId: "T0123ABCD",
      SlackChannelId: "C0123ABCD",
      SnsTopicArns: ["Alarms"],
    });
    const role = all("AWS::IAM::Role").find(({ id }) => id === "SlackRole")?.properties ?? {};
    expect(role.Policies ?? role.ManagedPolicyArns).toBeUndefined();
    const policies = all("AWS::IAM::Policy").filter(({ properties }) =>
      JSON.stringify(properties.Roles).includes("SlackRole"),
    );
    expect(policies).toEqual([]);
  });
});

test("the dashboard has a row for each workflow, and one of our metrics in each", () => {
  const body = JSON.stringify(one("AWS::CloudWatch::Dashboard").DashboardBody);
  for (const name of ["Stage prod", "orders", "uploads"]) expect(body).toContain(`## ${name}`);
  for (const name of ["RunsAccepted", "RunsFailed", "RunDuration", "QueueAge", "ModelCost", "StepFailures"])
    expect(body).toContain(name);
});

test("queries over the logs are saved, each over logs that there are", () => {
  const queries = all("AWS::Logs::QueryDefinition").map(({ properties }) => properties);
  expect(queries.map(({ Name }) => Name)).toEqual(
    ["log of a run", "errors by class", "slowest steps", "cost by workflow", "refused deliveries"].map(
      (name) => `hookline-prod/${name}`,
    ),
  );
  const logs = all("AWS::Logs::LogGroup").map(({ id }) => id);
  for (const { LogGroupNames } of queries)
    expect((LogGroupNames as Json[]).every((name) => logs.includes(String(name)))).toBe(true);
});

test("the runner alone knows the collector of spans", () => {
  const told = all("AWS::Lambda::Function").filter(({ properties }) =>
    JSON.stringify(properties.Environment).includes(
      '"OTEL_EXPORTER_OTLP_ENDPOINT":"https://collector.example:4318"',
    ),
  );
  expect(told.map(({ id }) => id)).toEqual(["Runner"]);
});

/** Every object below that names a metric. */
function metricsIn(value: unknown): readonly JsonObject[] {
  if (typeof value !== "object" || value === null) return [];
  const below = Object.values(value).flatMap(metricsIn);
  return "MetricName" in value ? [value as JsonObject, ...below] : below;
}
