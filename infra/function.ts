import { type Duration, RemovalPolicy } from "aws-cdk-lib";
import { Policy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";

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
}

/** Adds a function with a log group and a role of its own; the role may do what `grants` says and write that log. */
export function addFunction(scope: Construct, props: FunctionProps): lambda.Function {
  const { id, grants, logLevel, bundle, environment, ...same } = props;
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
  return made;
}
