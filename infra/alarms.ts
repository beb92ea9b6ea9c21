import { Duration, Stack } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { stageMetric, throttleMetrics, type WatchedParts } from "./watched-parts.ts";

/** When somebody is called, and what they are told. */
interface AlarmRule {
  /** Also the name of its page in docs/alarms. */
  readonly name: string;
  readonly means: string;
  readonly todo: string;
  readonly metric: IMetric;
  /** Rings at this value; for the one about silence: below it. */
  readonly threshold: number;
  /** Periods one after the other; default 1. */
  readonly periods?: number;
  readonly silence?: true;
}

/** Adds the alarms of execution.md section 8, and those on what keeps the promises; each says what to do and names its page. Gives them by name. */
export function addAlarms(scope: Construct, parts: WatchedParts, topic: ITopic): ReadonlyMap<string, Alarm> {
  const action = new SnsAction(topic);
  const alarms = new Construct(scope, "Alarm");
  const made = new Map<string, Alarm>();
  for (const { name, means, todo, metric, threshold, periods = 1, silence } of rulesFor(parts)) {
    const alarm = new Alarm(alarms, name, {
      alarmName: `${Stack.of(scope).stackName}-${name}`,
      alarmDescription: `${means} ${todo} See docs/alarms/${name}.md.`,
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: silence
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // No traffic is no trouble, but a sweeper that says nothing does not run.
      treatMissingData: silence ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    made.set(name, alarm);
  }
  return made;
}

function rulesFor(parts: WatchedParts): readonly AlarmRule[] {
  const { stage, work, inbox, api, sweeper, settings } = parts;
  const limits = settings.alarms;
  const minutes = (count: number) => ({ period: Duration.minutes(count) });
  return [
    {
      name: "dead-letters",
      means: "Runs failed for good and lie in the dead-letter queue.",
      todo: `Look with "hookline dlq list --stage ${stage}", mend the cause, then "hookline dlq redrive".`,
      metric: work.deadLetters.metricApproximateNumberOfMessagesVisible({
        ...minutes(1),
        statistic: "Maximum",
      }),
      threshold: limits.dead_letters,
    },
    {
      name: "oldest-message",
      means: `A message has waited in the work queue for ${limits.oldest_message_seconds} seconds: runs begin late, or fail and are tried again.`,
      todo: "Look at throttles and failures first, then give the runner more concurrency in stages.yaml.",
      metric: work.queue.metricApproximateAgeOfOldestMessage({ ...minutes(5), statistic: "Maximum" }),
      threshold: limits.oldest_message_seconds,
      periods: 2,
    },
    {
      name: "failure-rate",
      means: `${limits.failure_percent} % or more of the runs that ended in 15 minutes failed (of at least 5).`,
      todo: `Find the workflow and class on the dashboard, then "hookline runs list --stage ${stage} --status failed".`,
      metric: new MathExpression({
        label: "failed runs, percent",
        expression:
          "IF(FILL(ok, 0) + FILL(bad, 0) >= 5, 100 * FILL(bad, 0) / (FILL(ok, 0) + FILL(bad, 0)), 0)",
        usingMetrics: {
          ok: stageMetric(stage, "RunsSucceeded", { minutes: 15 }),
          bad: stageMetric(stage, "RunsFailed", { minutes: 15 }),
        },
        ...minutes(15),
      }),
      threshold: limits.failure_percent,
    },
    {
      name: "throttles",
      means: "Functions or the table turn calls away because there are too many.",
      todo: "Nothing is lost, but everything is late: look which on the dashboard, then raise its limit.",
      metric: sumOf(throttleMetrics(parts), "throttled calls"),
      threshold: limits.throttles,
    },
    {
      name: "ingest-errors",
      means: "Senders are answered with 5xx: events are not taken, and come again if the sender tries again.",
      todo: "Look at the log of Ingest, and whether table, queue and secrets answer.",
      metric: api.metricServerError({ ...minutes(5), statistic: "Sum" }),
      threshold: limits.ingest_errors,
    },
    {
      name: "ingest-latency",
      means: `One sender in a hundred waits ${limits.ingest_latency_ms} ms or longer for the answer, for 15 minutes.`,
      todo: "Look at cold starts, the table's latency, and workflows whose senders wait for their run.",
      metric: api.metricLatency({ ...minutes(5), statistic: "p99" }),
      threshold: limits.ingest_latency_ms,
      periods: 3,
    },
    {
      name: "spend",
      means: `Models cost ${limits.spend_usd_per_hour} US dollars or more within an hour.`,
      todo: `Find the workflow on the dashboard; a loop or a flood of events may be behind it. "hookline runs cancel" stops runs.`,
      metric: stageMetric(stage, "ModelCost", { minutes: 60 }),
      threshold: limits.spend_usd_per_hour,
    },
    {
      name: "sweeper-not-running",
      means:
        "The sweeper has not run for 5 minutes: waits over 15 minutes do not end, and lost messages stay lost.",
      todo: "Look at the schedule in EventBridge Scheduler and the log of Sweeper.",
      // A period without a value is looked at once more by CloudWatch before it counts; one that is filled counts at once.
      metric: sumOf({ runs: sweeper.metricInvocations({ ...minutes(5), statistic: "Sum" }) }, "sweeps"),
      threshold: 1,
      silence: true,
    },
    ...(inbox
      ? [
          {
            name: "inbox-dead-letters",
            means:
              "Events that services brought could not be stored for three days, and lie beside the inbox.",
            todo: "Look at the log of InboxFunction, mend the cause, then start a redrive of that queue in SQS.",
            metric: inbox.deadLetters.metricApproximateNumberOfMessagesVisible({
              ...minutes(1),
              statistic: "Maximum",
            }),
            threshold: 1,
          },
        ]
      : []),
  ];
}

function sumOf(metrics: { readonly [name: string]: IMetric }, label: string): IMetric {
  return new MathExpression({
    label,
    expression: Object.keys(metrics)
      .map((name) => `FILL(${name}, 0)`)
      .join(" + "),
    usingMetrics: { ...metrics },
    period: Duration.minutes(5),
  });
}
