import { Duration } from "aws-cdk-lib";
import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { Metric } from "aws-cdk-lib/aws-cloudwatch";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { METRIC_NAMESPACE, type MetricName } from "../lib/core/metric-catalog.ts";
import type { MetricLabels } from "../lib/core/ports/metrics.ts";
import type { StageSettings } from "../lib/core/stages.ts";
import type { Inbox } from "./inbox.ts";
import type { WorkQueue } from "./work-queue.ts";

/** The parts of a stage that dashboard and alarms look at. */
export interface WatchedParts {
  readonly stage: string;
  readonly settings: StageSettings;
  readonly workflows: readonly string[];
  readonly api: HttpApi;
  readonly table: TableV2;
  readonly work: WorkQueue;
  readonly inbox: Inbox | undefined;
  readonly ingest: IFunction;
  readonly runner: IFunction;
  readonly sweeper: IFunction;
}

/** A metric that the functions write, of the whole stage or of one workflow. */
export function stageMetric(
  stage: string,
  metricName: MetricName,
  { statistic = "Sum", minutes = 5, labels = {} }: MetricOptions = {},
): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { Stage: stage, ...labels },
    statistic,
    period: Duration.minutes(minutes),
  });
}

/** How it is read. */
interface MetricOptions {
  readonly statistic?: "Sum" | "p50" | "p99" | "Maximum";
  readonly minutes?: number;
  readonly labels?: MetricLabels;
}

/** How often calls were turned away because there were too many: of the functions, and of the table. */
export function throttleMetrics({ ingest, runner, inbox, table }: WatchedParts): {
  readonly [name: string]: Metric;
} {
  const period = Duration.minutes(5);
  const ofTable = (metricName: string) =>
    new Metric({
      namespace: "AWS/DynamoDB",
      metricName,
      dimensionsMap: { TableName: table.tableName },
      statistic: "Sum",
      period,
    });
  return {
    ingest: ingest.metricThrottles({ period }),
    runner: runner.metricThrottles({ period }),
    ...(inbox && { inbox: inbox.take.metricThrottles({ period }) }),
    reads: ofTable("ReadThrottleEvents"),
    writes: ofTable("WriteThrottleEvents"),
  };
}
