import { Stack, Validations } from "aws-cdk-lib";
import type { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import { CfnApplication, CfnDeploymentConfig, type CfnDeploymentGroup } from "aws-cdk-lib/aws-codedeploy";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { StageSettings } from "../lib/core/stages.ts";

/** How CodeDeploy lets new versions of the functions take over. */
export interface Shift {
  readonly applicationName: string;
  readonly configName: string;
  readonly role: Role;
  /** So many errors of a new version in a minute take it back. */
  readonly errors: number;
  /** What is shifted by it. */
  readonly groups: CfnDeploymentGroup[];
}

/** Adds what shifts events to new versions step by step; a stage whose versions take over at once has none of it. */
export function addShift(scope: Construct, { canary }: StageSettings): Shift | undefined {
  if (canary === "all_at_once") return undefined;
  const { percent, minutes, errors } = canary;
  const application = new CfnApplication(scope, "Shift", { computePlatform: "Lambda" });
  const config = new CfnDeploymentConfig(scope, "ShiftConfig", {
    computePlatform: "Lambda",
    trafficRoutingConfig: {
      type: "TimeBasedCanary",
      timeBasedCanary: { canaryPercentage: percent, canaryInterval: minutes },
    },
  });
  const role = new Role(scope, "ShiftRole", {
    assumedBy: new ServicePrincipal("codedeploy.amazonaws.com", {
      conditions: { StringEquals: { "aws:SourceAccount": Stack.of(scope).account } },
    }),
  });
  role.addToPolicy(new PolicyStatement({ actions: ["cloudwatch:DescribeAlarms"], resources: ["*"] }));
  Validations.of(role).acknowledge({
    id: "AwsSolutions-IAM5[Resource::*]",
    reason: "CodeDeploy asks for alarms by name; the right reads how alarms stand, no data.",
  });
  return { applicationName: application.ref, configName: config.ref, role, errors, groups: [] };
}

/** Lets an alarm on the whole stage take back whatever is being shifted. While it rings, no shift begins. */
export function stopOn(shift: Shift | undefined, alarm: Alarm): void {
  for (const group of shift?.groups ?? []) {
    const { alarms = [] } = group.alarmConfiguration as CfnDeploymentGroup.AlarmConfigurationProperty;
    group.alarmConfiguration = {
      enabled: true,
      alarms: [...(alarms as readonly CfnDeploymentGroup.AlarmProperty[]), { name: alarm.alarmName }],
    };
  }
}
