import type { MetricLabel, MetricName } from "../metric-catalog.ts";
import type { MetricLabels } from "./metrics.ts";

/** What is told of a period's values: `average` and percentiles make sense of times only. */
export type Statistic = "sum" | "average" | "max" | "p50" | "p99";

/** One series. */
export interface MetricQuery {
  readonly metric: MetricName;
  readonly statistic: Statistic;
  /** One of the ways in which the metric is told apart; default: the whole stage. */
  readonly labels?: MetricLabels;
}

/** One series for each value of a label that a metric is told apart by alone. */
export interface LabelledQuery extends Omit<MetricQuery, "labels"> {
  readonly label: MetricLabel;
}

/** Which time, and how finely it is divided. */
export interface MetricWindow {
  /** Milliseconds since the epoch; `to` is not in it. */
  readonly from: number;
  readonly to: number;
  /** A multiple of 60; periods begin at multiples of it since the epoch. */
  readonly periodSeconds: number;
}

/** The value of a period in which there was anything. */
export interface MetricPoint {
  /** When the period begins, milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

/** Reads what {@link Metrics} counted, some seconds to minutes later. */
export interface MetricReader {
  /**
   * One list of points for each query, in the order of the queries, oldest point first; periods without a value are left out.
   * @throws FlowError `connection`, `rate_limited` or `server_error` when the metrics cannot be reached.
   */
  series(queries: readonly MetricQuery[], window: MetricWindow): Promise<readonly (readonly MetricPoint[])[]>;
  /**
   * The points of each value of a label, under which anything was counted in the time and, in CloudWatch, in the last two weeks too: older
   * ones are not found any more (CloudWatch User Guide, "Search expressions"). @throws as `series`.
   */
  labelled(query: LabelledQuery, window: MetricWindow): Promise<ReadonlyMap<string, readonly MetricPoint[]>>;
}
