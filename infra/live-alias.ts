import { type IAlarm, Metric } from "aws-cdk-lib/aws-cloudwatch";
import { CfnDeploymentGroup } from "aws-cdk-lib/aws-codedeploy";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { Shift } from "./shift.ts";
import { addTakebackAlarm, BY_THE_MINUTE } from "./takeback-alarm.ts";

/** The name under which a function is called. */
const LIVE = "live";

/**
 * Adds the alias that events reach a function by. A new version takes over as the shift says: its errors, and the
 * alarms, give the alias back to the one before and fail the deployment.
 */
export function addLiveAlias(
  scope: Construct,
  id: string,
  target: lambda.Function,
  shift: Shift | undefined,
  alarms: readonly IAlarm[] = [],
): lambda.IFunction {
  // The library's own classes leave `role` open where their interfaces do not.
  const version = target.currentVersion as lambda.IVersion;
  const alias = new lambda.Alias(scope, `${id}Live`, { aliasName: LIVE, version });
  const live = alias as lambda.IFunction;
  if (!shift) return live;
  const metric = new Metric({
    ...BY_THE_MINUTE,
    namespace: "AWS/Lambda",
    metricName: "Errors",
    // Errors of what came through the alias to this version (Lambda Developer Guide, "Viewing metrics for Lambda functions").
    dimensionsMap: {
      FunctionName: target.functionName,
      Resource: `${target.functionName}:${LIVE}`,
      ExecutedVersion: version.version,
    },
  });
  const errors = addTakebackAlarm(
    scope,
    `${id}NewVersionErrors`,
    metric,
    shift.errors,
    `The new version of ${id} fails: a deployment that is under way is taken back. Look at the log of ${id}, mend, deploy again.`,
  );
  shift.role.addToPolicy(
    new PolicyStatement({
      actions: ["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"],
      resources: [target.functionArn, `${target.functionArn}:${LIVE}`],
    }),
  );
  const group = new CfnDeploymentGroup(scope, `${id}Shift`, {
    applicationName: shift.applicationName,
    deploymentConfigName: shift.configName,
    serviceRoleArn: shift.role.roleArn,
    deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    alarmConfiguration: {
      enabled: true,
      alarms: [errors, ...alarms].map(({ alarmName }) => ({ name: alarmName })),
    },
    autoRollbackConfiguration: {
      enabled: true,
      events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
    },
  });
  group.node.addDependency(shift.role);
  shift.groups.push(group);
  const resource = alias.node.defaultChild as lambda.CfnAlias;
  resource.cfnOptions.updatePolicy = {
    codeDeployLambdaAliasUpdate: { applicationName: shift.applicationName, deploymentGroupName: group.ref },
  };
  return live;
}
