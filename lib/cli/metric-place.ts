import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { createCloudWatchMetrics } from "../adapters/metrics/cloudwatch-metrics.ts";
import { createFileMetricReader } from "../adapters/metrics/metric-files.ts";
import type { MetricReader } from "../core/ports/metric-reader.ts";
import { LOCAL_STAGE } from "../local/local-names.ts";
import { metricFolder } from "../local/metric-recorder.ts";
import { findStack } from "../local/stack-file.ts";
import { askAws } from "./aws-trouble.ts";
import type { HistoryOptions } from "./history.ts";
import { stageName } from "./stage-name.ts";

/** Metrics of a stage, and the client where they are CloudWatch's. */
export interface MetricPlace {
  readonly reader: MetricReader;
  readonly cloudWatch?: CloudWatchClient;
}

/**
 * Does something with the metrics of the local stack or of a deployed stage.
 * @throws FlowError `config_error` when no local stack runs on the folder, or AWS cannot be asked.
 */
export async function withMetrics<T>(
  { stage, data }: HistoryOptions,
  work: (place: MetricPlace) => Promise<T>,
): Promise<T> {
  if (stage === LOCAL_STAGE) {
    findStack(data);
    return work({ reader: createFileMetricReader(metricFolder(data)) });
  }
  const cloudWatch = new CloudWatchClient({});
  try {
    const place = { reader: createCloudWatchMetrics(cloudWatch, stageName(stage)), cloudWatch };
    return await askAws("allow cloudwatch:GetMetricData and DescribeAlarms", () => work(place));
  } finally {
    cloudWatch.destroy();
  }
}
