import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";

/** Metrics of an alarm that takes a deployment back are summed by the minute. */
export const BY_THE_MINUTE = { period: Duration.minutes(1), statistic: "Sum" } as const;

/** Adds an alarm that takes back a deployment which is under way, when so many are counted in a minute. */
export function addTakebackAlarm(
  scope: Construct,
  id: string,
  metric: IMetric,
  threshold: number,
  alarmDescription: string,
): Alarm {
  return new Alarm(scope, id, {
    alarmDescription,
    metric,
    threshold,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}
