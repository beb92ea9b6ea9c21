/** Where CloudWatch keeps the product's metrics. */
export const METRIC_NAMESPACE = "Hookline";

/** What a value may be told apart by, beside its stage; nothing else ever is, so that the number of series stays bounded. */
export type MetricLabel = "Workflow" | "StepType" | "ErrorClass" | "Reason" | "Model";

/** What a metric's values are; times are kept one by one so that percentiles can be told. */
export type MetricUnit = "Count" | "Milliseconds" | "Dollars";

/** What is known of a metric. */
export interface MetricFacts {
  readonly unit: MetricUnit;
  /** Which series a value adds to, each by these labels; `[]` is the whole stage. */
  readonly by: readonly (readonly MetricLabel[])[];
  readonly about: string;
}

const STAGE: MetricFacts["by"] = [[]];
const WORKFLOW: MetricFacts["by"] = [[], ["Workflow"]];
const MODEL: MetricFacts["by"] = [...WORKFLOW, ["Model"]];

const count = (about: string, by = WORKFLOW): MetricFacts => ({ unit: "Count", by, about });
const time = (about: string, by = WORKFLOW): MetricFacts => ({ unit: "Milliseconds", by, about });
const money = (about: string, by = WORKFLOW): MetricFacts => ({ unit: "Dollars", by, about });

/** Every metric that the functions write. Each pair of a metric and its labels' values is a series that CloudWatch bills. */
export const METRICS = {
  RunsAccepted: count("events that were stored as a run, those that are dropped at once included"),
  RunsSucceeded: count("runs that ended `succeeded`"),
  RunsFailed: count("runs that ended `failed`"),
  RunsDropped: count("runs that ended `dropped`"),
  RunsCancelled: count("runs that a function ended as `cancelled`"),
  RunDuration: time("time that a run was at work until its end, without its waits"),
  QueueAge: time("time from when a run was accepted or due until it was first claimed"),
  DeadLettered: count("messages of runs that were put into the dead-letter queue"),
  StepFailures: count("steps that failed for good, by the step that is to blame", [
    ...WORKFLOW,
    ["Workflow", "StepType", "ErrorClass"],
  ]),
  ModelInputTokens: count("tokens that models were given", MODEL),
  ModelOutputTokens: count("tokens that models wrote", MODEL),
  ModelCost: money("what models cost, as far as their prices are known", MODEL),
  CacheHits: count("steps whose result came out of the cache"),
  CostSaved: money("what cached results did not cost again"),
  DeliveriesRefused: count("deliveries that became no run, by reason", [...WORKFLOW, ["Workflow", "Reason"]]),
  DeliveriesRepeated: count("deliveries that were another delivery's run"),
  Answers2xx: count("answers of ingest that took a delivery", STAGE),
  Answers4xx: count("answers of ingest that blame the sender", STAGE),
  Answers5xx: count("answers of ingest that ask the sender to try again", STAGE),
  IngestLatency: time("time from a delivery to ingest's answer", STAGE),
  MessagesDeferred: count("messages of the inbox that stayed in their queue", STAGE),
  RunsSwept: count("runs that the sweeper had to enqueue", STAGE),
} as const satisfies { readonly [name: string]: MetricFacts };

/** One of {@link METRICS}. */
export type MetricName = keyof typeof METRICS;

/** The facts of a metric, whichever it is. */
export function metricFacts(name: MetricName): MetricFacts {
  return METRICS[name];
}
