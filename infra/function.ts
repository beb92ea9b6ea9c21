import { type Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { Effect, Policy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { Network } from "./network.ts";

/** A right: actions on resources, nothing implied. */
export interface Grant {
  /**
   * Of a right that not every stage needs. It is a policy of its own: CloudFormation takes it away after everything else was updated,
   * so that a version whose turn is ending can still do what it was deployed with.
   */
  readonly id?: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** What sets one function apart from the others. */
export interface FunctionProps {
  readonly id: string;
  readonly description: string;
  /** Folder of its bundle, with the handler `index.handler`. */
  readonly bundle: string;
  /** In MB; Lambda gives one whole processor at 1,769. */
  readonly memorySize: number;
  readonly timeout: Duration;
  readonly logLevel: keyof typeof lambda.ApplicationLogLevel;
  readonly environment: { readonly [name: string]: string };
  readonly grants: readonly Grant[];
  /** Absent: outside of any VPC. */
  readonly network?: Network | undefined;
}

/** Adds a function with a log group and a role of its own; the role may do what `grants` says and write that log. */
export function addFunction(scope: Construct, props: FunctionProps): lambda.Function {
  const { id, grants, logLevel, bundle, environment, network, ...same } = props;
  const logGroup = new LogGroup(scope, `${id}Log`, {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
  const log = { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [logGroup.logGroupArn] };
  const policies = [log, ...grants].flatMap(({ id: optional, actions, resources }: Grant) => {
    const statement = new PolicyStatement({ actions: [...actions], resources: [...resources] });
    if (optional !== undefined)
      return [new Policy(scope, `${id}Role${optional}`, { roles: [role], statements: [statement] })];
    role.addToPolicy(statement);
    return [];
  });
  const made = new lambda.Function(scope, id, {
    ...same,
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    handler: "index.handler",
    code: lambda.Code.fromAsset(bundle, { exclude: ["*.map"] }),
    role,
    logGroup,
    loggingFormat: lambda.LoggingFormat.JSON,
    applicationLogLevelV2: lambda.ApplicationLogLevel[logLevel],
    environment: { ...environment },
    // A version may be at work for as long as an invocation lasts, and may be wanted again.
    currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
  });
  made.node.addDependency(...policies);
  if (network) putInto(network, { scope, id, role, made });
  return made;
}

/** What Lambda does with the function's role, and the function's code must not (Lambda Developer Guide, "Attaching to a VPC"). */
const NETWORK_ACTIONS = [
  "ec2:CreateNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:DeleteNetworkInterface",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];

function putInto(
  { subnetIds, securityGroupIds }: Network,
  { scope, id, role, made }: { scope: Construct; id: string; role: Role; made: lambda.Function },
): void {
  const policyFor = (name: string, statement: PolicyStatement) =>
    new Policy(scope, `${id}Role${name}`, { roles: [role], statements: [statement] });
  const allowed = policyFor("Network", new PolicyStatement({ actions: NETWORK_ACTIONS, resources: ["*"] }));
  Validations.of(allowed).acknowledge({
    id: "AwsSolutions-IAM5[Resource::*]",
    reason: "Lambda makes the network interfaces with this role; the function's own code is denied the same.",
  });
  policyFor(
    "NoNetwork",
    new PolicyStatement({
      effect: Effect.DENY,
      actions: NETWORK_ACTIONS,
      resources: ["*"],
      conditions: { ArnEquals: { "lambda:SourceFunctionArn": made.functionArn } },
    }),
  );
  made.node.addDependency(allowed);
  (made.node.defaultChild as lambda.CfnFunction).vpcConfig = {
    subnetIds: [...subnetIds],
    securityGroupIds: [...securityGroupIds],
  };
}
