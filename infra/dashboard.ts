import { Duration, Stack } from "aws-cdk-lib";
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  TextWidget,
} from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import { METRIC_NAMESPACE, type MetricName } from "../lib/core/metric-catalog.ts";
import { stageMetric, throttleMetrics, type WatchedParts } from "./watched-parts.ts";

const QUARTER = { width: 6, height: 6 };

/** Adds the stage's dashboard: a row for the stage's parts, one for its answers, and one for each workflow. */
export function addDashboard(scope: Construct, parts: WatchedParts): void {
  new Dashboard(scope, "Dashboard", {
    dashboardName: Stack.of(scope).stackName,
    defaultInterval: Duration.hours(12),
    widgets: [
      ...titled(`Stage ${parts.stage}`, stageRow(parts)),
      answersRow(parts),
      ...parts.workflows.flatMap((name) => titled(name, workflowRow(parts.stage, name))),
    ],
  });
}

function titled(title: string, row: IWidget[]): IWidget[][] {
  return [[new TextWidget({ markdown: `## ${title}`, width: 24, height: 1 })], row];
}

function stageRow(parts: WatchedParts): IWidget[] {
  const { stage, work, inbox } = parts;
  const period = Duration.minutes(5);
  const most = { period, statistic: "Maximum" };
  return [
    graph("Messages that wait", [
      work.queue.metricApproximateNumberOfMessagesVisible({ ...most, label: "runs" }),
      ...(inbox ? [inbox.queue.metricApproximateNumberOfMessagesVisible({ ...most, label: "inbox" })] : []),
    ]),
    graph("Dead letters", [
      work.deadLetters.metricApproximateNumberOfMessagesVisible({ ...most, label: "runs" }),
      ...(inbox
        ? [inbox.deadLetters.metricApproximateNumberOfMessagesVisible({ ...most, label: "inbox" })]
        : []),
    ]),
    graph("Age of the oldest message, s", [
      work.queue.metricApproximateAgeOfOldestMessage({ ...most, label: "runs" }),
    ]),
    graph("Spend, USD", [stageMetric(stage, "ModelCost"), stageMetric(stage, "CostSaved")]),
  ];
}

function answersRow(parts: WatchedParts): IWidget[] {
  const { stage, api, table } = parts;
  const period = Duration.minutes(5);
  return [
    graph("Answers to senders", [
      stageMetric(stage, "Answers2xx"),
      api.metricClientError({ period, label: "4xx" }),
      api.metricServerError({ period, label: "5xx" }),
    ]),
    graph("Time to the answer, ms", [
      api.metricLatency({ period, statistic: "p50", label: "p50" }),
      api.metricLatency({ period, statistic: "p99", label: "p99" }),
    ]),
    graph("Throttled calls", Object.values(throttleMetrics(parts))),
    graph("Table, units", [
      table.metricConsumedWriteCapacityUnits({ period, label: "written" }),
      table.metricConsumedReadCapacityUnits({ period, label: "read" }),
      stageMetric(stage, "RunsSwept"),
    ]),
  ];
}

function workflowRow(stage: string, workflow: string): IWidget[] {
  const labels = { Workflow: workflow };
  const sum = (name: MetricName) => stageMetric(stage, name, { labels });
  const time = (name: MetricName, statistic: "p50" | "p99") => {
    const label = `${name === "QueueAge" ? "waited" : "at work"} ${statistic}`;
    return stageMetric(stage, name, { labels, statistic }).with({ label });
  };
  return [
    graph("Runs", [
      sum("RunsAccepted"),
      sum("RunsSucceeded"),
      sum("RunsFailed"),
      sum("RunsDropped"),
      sum("DeliveriesRefused"),
    ]),
    graph("Times, ms", [
      time("RunDuration", "p50"),
      time("RunDuration", "p99"),
      time("QueueAge", "p50"),
      time("QueueAge", "p99"),
    ]),
    graph("Failures by step and class", [failuresOf(stage, workflow)]),
    graph("Spend, USD", [sum("ModelCost"), sum("CostSaved")]),
  ];
}

/** Which pairs of step type and class there are shows when they come. */
function failuresOf(stage: string, workflow: string): IMetric {
  const search = `{${METRIC_NAMESPACE},Stage,Workflow,StepType,ErrorClass} MetricName="StepFailures" Stage="${stage}" Workflow="${workflow}"`;
  return new MathExpression({
    expression: `SEARCH('${search}', 'Sum')`,
    usingMetrics: {},
    label: "",
    period: Duration.minutes(5),
  });
}

function graph(title: string, left: IMetric[]): IWidget {
  return new GraphWidget({ title, left, ...QUARTER, leftYAxis: { min: 0, showUnits: false } });
}
