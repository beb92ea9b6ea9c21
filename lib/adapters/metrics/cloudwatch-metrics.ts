import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
} from "@aws-sdk/client-cloudwatch";
import { batchesOf } from "../../core/batches-of.ts";
import { METRIC_NAMESPACE } from "../../core/metric-catalog.ts";
import type {
  LabelledQuery,
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
      for (const batch of batchesOf(asked, MOST_QUERIES))
        for await (const { id, points: some } of read(client, batch, window))
          points[Number(id.slice(1))]?.push(...some);
      return points;
    },
    async labelled(query, window) {
      const found = new Map<string, MetricPoint[]>();
      for await (const { label, points } of read(client, [toSearch(query, stage, window)], window))
        if (points.length > 0) found.set(label, [...(found.get(label) ?? []), ...points]);
      return found;
    },
  };
}

/** Points of one series, as far as a page of an answer has them. */
interface Found {
  readonly id: string;
  readonly label: string;
  readonly points: readonly MetricPoint[];
}

async function* read(
  client: CloudWatchClient,
  batch: MetricDataQuery[],
  { from, to, periodSeconds }: MetricWindow,
): AsyncGenerator<Found> {
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
    for (const { Id: id = "", Label: label = "", Timestamps = [], Values = [] } of answer.MetricDataResults ??
      [])
      yield {
        id,
        label,
        points: Timestamps.map((at, index) => ({ at: at.getTime(), value: Values[index] ?? 0 })),
      };
    token = answer.NextToken;
  } while (token !== undefined);
}

/** Finds the series by the names of their dimensions: which values there are nobody else keeps. */
function toSearch(
  { metric, statistic, label }: LabelledQuery,
  stage: string,
  { periodSeconds }: MetricWindow,
): MetricDataQuery {
  const search = `{${METRIC_NAMESPACE},Stage,${label}} MetricName="${metric}" Stage="${stage}"`;
  return {
    Id: "q0",
    Expression: `SEARCH('${search}', '${STATISTICS[statistic]}', ${periodSeconds})`,
    Label: `\${PROP('Dim.${label}')}`,
  };
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
