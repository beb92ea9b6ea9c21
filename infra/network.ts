import { RemovalPolicy } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { StageSettings } from "../lib/core/stages.ts";

/** Where a function works, as Lambda takes it. */
export interface Network {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

/**
 * The network of a stage's runner, undefined where it has none. One that is made has private subnets in two zones behind one NAT gateway,
 * and endpoints by which the stage's own services are reached without it.
 */
export function addNetwork(scope: Construct, { vpc: wanted }: StageSettings): Network | undefined {
  if (wanted === undefined) return undefined;
  if (wanted !== "new") return { subnetIds: wanted.subnets, securityGroupIds: wanted.security_groups };
  const log = new LogGroup(scope, "NetworkLog", {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const vpc = new ec2.Vpc(scope, "Network", {
    maxAzs: 2,
    natGateways: 1,
    subnetConfiguration: [
      { name: "Public", subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: false },
      { name: "Private", subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    ],
    gatewayEndpoints: { Table: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB } },
    flowLogs: {
      Refused: {
        destination: ec2.FlowLogDestination.toCloudWatchLogs(log),
        trafficType: ec2.FlowLogTrafficType.REJECT,
      },
    },
  });
  const inside = { vpc: vpc as ec2.IVpc, allowAllOutbound: true };
  const runner = new ec2.SecurityGroup(scope, "RunnerNetwork", {
    ...inside,
    description: "The runner: it calls, and is never called",
  });
  const endpoints = new ec2.SecurityGroup(scope, "EndpointNetwork", {
    ...inside,
    description: "What the runner reaches without the internet",
  });
  endpoints.addIngressRule(runner, ec2.Port.HTTPS, "the runner");
  const { SQS, SECRETS_MANAGER } = ec2.InterfaceVpcEndpointAwsService;
  for (const [id, service] of [
    ["Queues", SQS],
    ["Secrets", SECRETS_MANAGER],
  ] as const)
    vpc.addInterfaceEndpoint(id, { service, securityGroups: [endpoints], open: false });
  const { subnetIds } = vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS });
  return { subnetIds, securityGroupIds: [runner.securityGroupId] };
}
