import { beforeAll, describe, expect, test } from "@jest/globals";
import { stagesSchema } from "../../lib/core/stages.ts";
import { emptyWorkflow } from "../support/empty-workflow.ts";
import { grantsOf, type Resource, type Synthesis, synthesiseStages } from "../support/synthesise.ts";

const { stages } = stagesSchema.parse({
  stages: { dev: { canary: "all_at_once" }, prod: { canary: { percent: 5, minutes: 30, errors: 3 } } },
});
const cron = {
  type: "cron",
  cron: "0 0 * * *",
  timezone: "UTC",
  startNow: false,
  overlap: "allow",
  payload: {},
} as const;
const rate = { count: 1, perSeconds: 1, over: "reject" } as const;
const FUNCTIONS = ["Runner", "Ingest", "InboxFunction"];

let dev: Synthesis;
let prod: Synthesis;

beforeAll(async () => {
  const made = await synthesiseStages(stages, [
    emptyWorkflow({ name: "hook", input: { type: "http_webhook", limits: { rate } } }),
    emptyWorkflow({ name: "nightly", input: cron }),
  ]);
  dev = made.get("dev") as Synthesis;
  prod = made.get("prod") as Synthesis;
});

const all = (stack: Synthesis, type: string): readonly Resource[] =>
  stack.resources.filter((resource) => resource.type === type);

function one(stack: Synthesis, type: string, id: string): Resource {
  const found = all(stack, type).find((resource) => resource.id === id);
  if (!found) throw new Error(`there is no ${type} ${id}`);
  return found;
}

test.each(["dev", "prod"])("in %s events reach runner, ingest and inbox by their alias live", (stage) => {
  const stack = stage === "dev" ? dev : prod;
  expect(
    all(stack, "AWS::Lambda::Alias").map(({ properties }) => [properties.FunctionName, properties.Name]),
  ).toEqual(FUNCTIONS.map((name) => [name, "live"]));
  const called = [
    ...all(stack, "AWS::Lambda::EventSourceMapping").map(({ properties }) => properties.FunctionName),
    ...all(stack, "AWS::ApiGatewayV2::Integration").map(({ properties }) => properties.IntegrationUri),
  ];
  // The console is people's, who reload a page that is wrong.
  const console = ["Console.Arn", "ConsoleActions.Arn"];
  expect(called.toSorted()).toEqual([...console, "InboxFunctionLive:live", "IngestLive", "RunnerLive:live"]);
  const mayCall = all(stack, "AWS::Lambda::Permission").map(({ properties }) => properties.FunctionName);
  expect(new Set(mayCall)).toEqual(new Set(["IngestLive", ...console]));
});

test("versions stay: invocations that are under way end on theirs, and one may be wanted again", () => {
  const versions = all(prod, "AWS::Lambda::Version");
  expect(versions).toHaveLength(3);
  for (const { attributes } of versions) expect(attributes.DeletionPolicy).toBe("Retain");
});

describe("where a stage has a canary", () => {
  test("a new version gets the share for the time that the stage says", () => {
    expect(one(prod, "AWS::CodeDeploy::DeploymentConfig", "ShiftConfig").properties).toEqual({
      ComputePlatform: "Lambda",
      TrafficRoutingConfig: {
        Type: "TimeBasedCanary",
        TimeBasedCanary: { CanaryPercentage: 5, CanaryInterval: 30 },
      },
    });
    for (const name of FUNCTIONS) {
      expect(one(prod, "AWS::Lambda::Alias", `${name}Live`).attributes.UpdatePolicy).toMatchObject({
        CodeDeployLambdaAliasUpdate: {
          ApplicationName: { Ref: "Shift" },
          DeploymentGroupName: { Ref: `${name}Shift` },
        },
      });
    }
  });

  test.each(FUNCTIONS)("the new version's own errors take %s back", (name) => {
    const { properties } = one(prod, "AWS::CodeDeploy::DeploymentGroup", `${name}Shift`);
    expect(properties).toMatchObject({
      DeploymentStyle: { DeploymentType: "BLUE_GREEN", DeploymentOption: "WITH_TRAFFIC_CONTROL" },
      AlarmConfiguration: { Enabled: true },
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
      },
    });
    const { Alarms } = properties.AlarmConfiguration as { readonly Alarms: readonly unknown[] };
    const serverErrors = name === "Ingest" ? [{ Name: "ServerErrors" }] : [];
    expect(Alarms).toEqual([
      { Name: `${name}NewVersionErrors` },
      ...serverErrors,
      { Name: expect.stringMatching(/^Alarmfailurerate/) },
    ]);
    const alarm = one(prod, "AWS::CloudWatch::Alarm", `${name}NewVersionErrors`).properties;
    expect(alarm).toMatchObject({
      Namespace: "AWS/Lambda",
      MetricName: "Errors",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 3,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      TreatMissingData: "notBreaching",
    });
    expect(alarm.Dimensions).toEqual([
      {
        Name: "ExecutedVersion",
        Value: expect.stringMatching(new RegExp(`^${name}CurrentVersion\\w*\\.Version$`)),
      },
      { Name: "FunctionName", Value: name },
      { Name: "Resource", Value: `${name}:live` },
    ]);
  });

  test("answers of 500 and more take ingest back, since it answers them where table or queue refuse it", () => {
    expect(one(prod, "AWS::CloudWatch::Alarm", "ServerErrors").properties).toMatchObject({
      Namespace: "AWS/ApiGateway",
      MetricName: "5xx",
      Dimensions: [{ Name: "ApiId", Value: "Api" }],
      Threshold: 3,
      Period: 60,
    });
  });

  test("CodeDeploy may move these aliases and ask how alarms stand, in this account only", () => {
    expect(grantsOf(prod, "Shift")).toEqual([
      { actions: ["cloudwatch:DescribeAlarms"], resources: ["*"] },
      ...FUNCTIONS.map((name) => ({
        actions: ["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"],
        resources: [`${name}.Arn`, `${name}.Arn:live`],
      })),
    ]);
    expect(one(prod, "AWS::IAM::Role", "ShiftRole").properties).toMatchObject({
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { Service: "codedeploy.amazonaws.com" },
            Condition: { StringEquals: { "aws:SourceAccount": "AWS::AccountId" } },
          },
        ],
      },
    });
  });
});

test("where versions take over at once, nothing of CodeDeploy is there", () => {
  expect(dev.resources.filter(({ type }) => type.startsWith("AWS::CodeDeploy"))).toEqual([]);
  const silent = all(dev, "AWS::CloudWatch::Alarm").filter(({ properties }) => !properties.AlarmActions);
  expect(silent).toEqual([]);
  for (const { attributes } of all(dev, "AWS::Lambda::Alias"))
    expect(attributes).not.toHaveProperty("UpdatePolicy");
});

test("a right that not every stage needs is a policy of its own, there before the function and gone after everything else", () => {
  const holders = all(dev, "AWS::IAM::Policy").filter(({ properties }) =>
    JSON.stringify(properties).includes("dynamodb:UpdateItem"),
  );
  expect(holders.map(({ id }) => id)).toContain("IngestRoleTurns");
  expect(holders.map(({ id }) => id)).not.toContain("IngestRoleDefaultPolicy");
  expect(JSON.stringify(one(dev, "AWS::Lambda::Function", "Ingest").attributes.DependsOn)).toMatch(
    /"IngestRoleTurns\w{8}"/,
  );
});
