import type { MetricLabel, MetricName } from "../metric-catalog.ts";

/** What tells values apart; of an unbounded text never. */
export type MetricLabels = { readonly [label in MetricLabel]?: string };

/** Counts what happens. Nothing is thrown: what cannot be counted fails nobody. */
export interface Metrics {
  /** Adds to a count or a sum of money, or keeps one more time in milliseconds. What is not a finite number above 0 adds nothing. */
  add(metric: MetricName, value: number, labels?: MetricLabels): void;
}
