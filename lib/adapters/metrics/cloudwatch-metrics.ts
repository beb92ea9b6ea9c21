import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
} from "@aws-sdk/client-cloudwatch";
import { batchesOf } from "../../core/batches-of.ts";
import { METRIC_NAMESPACE } from "../../core/metric-catalog.ts";
import type {
  MetricPoint,
  MetricQuery,
  MetricReader,
  MetricWindow,
  Statistic,
} from "../../core/ports/metric-reader.ts";
import { callAws } from "../aws-errors.ts";

/** Most queries of one request (CloudWatch API Reference, GetMetricData). */
const MOST_QUERIES = 500;

const STATISTICS: { readonly [statistic in Statistic]: string } = {
  sum: "Sum",
  average: "Average",
  max: "Maximum",
  p50: "p50",
  p99: "p99",
};

/** The metrics of a stage as CloudWatch keeps them: minutes for 15 days, five minutes for 63, hours for 455. */
export function createCloudWatchMetrics(client: CloudWatchClient, stage: string): MetricReader {
  return {
    async series(queries, window) {
      const points = queries.map((): MetricPoint[] => []);
      const asked = queries.map((query, index) => toDataQuery(query, index, stage, window));
      for (const batch of batchesOf(asked, MOST_QUERIES)) await read(client, batch, window, points);
      return points;
    },
  };
}

async function read(
  client: CloudWatchClient,
  batch: MetricDataQuery[],
  { from, to, periodSeconds }: MetricWindow,
  points: readonly MetricPoint[][],
): Promise<void> {
  let token: string | undefined;
  do {
    const command = new GetMetricDataCommand({
      MetricDataQueries: batch,
      StartTime: new Date(from - (from % (periodSeconds * 1000))),
      EndTime: new Date(to),
      ScanBy: "TimestampAscending",
      NextToken: token,
    });
    const answer = await callAws("reading metrics", () => client.send(command));
    for (const { Id = "", Timestamps = [], Values = [] } of answer.MetricDataResults ?? []) {
      const list = points[Number(Id.slice(1))];
      for (const [index, at] of Timestamps.entries())
        list?.push({ at: at.getTime(), value: Values[index] ?? 0 });
    }
    token = answer.NextToken;
  } while (token !== undefined);
}

function toDataQuery(
  { metric, statistic, labels = {} }: MetricQuery,
  index: number,
  stage: string,
  { periodSeconds }: MetricWindow,
): MetricDataQuery {
  const dimensions = Object.entries({ Stage: stage, ...labels });
  return {
    Id: `q${index}`,
    MetricStat: {
      Metric: {
        Namespace: METRIC_NAMESPACE,
        MetricName: metric,
        Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
      },
      Period: periodSeconds,
      Stat: STATISTICS[statistic],
    },
  };
}
