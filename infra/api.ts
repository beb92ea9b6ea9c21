import { CfnOutput, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { StageSettings } from "../lib/core/stages.ts";
import { addDomain } from "./domain.ts";
import { addTakebackAlarm, BY_THE_MINUTE } from "./takeback-alarm.ts";

/** What is logged of each request: never its path, which holds the security hash. */
const ACCESS_LOG = JSON.stringify({
  time: "$context.requestTime",
  route: "$context.routeKey",
  status: "$context.status",
  request_id: "$context.requestId",
  ip: "$context.identity.sourceIp",
  latency_ms: "$context.responseLatency",
  integration_error: "$context.integrationErrorMessage",
});

/** Adds the HTTP API, throttled as a whole, without a route, and its domain name where the stage has one that is not the firewall's. */
export function addApi(scope: Construct, { api: limits, domain, waf }: StageSettings): HttpApi {
  const api = new HttpApi(scope, "Api", {
    apiName: Stack.of(scope).stackName,
    description: "Hookline webhooks",
    createDefaultStage: false,
  });
  const accessLog = new LogGroup(scope, "AccessLog", {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const stage = new HttpStage(scope, "Stage", {
    httpApi: api,
    stageName: "$default",
    autoDeploy: true,
    throttle: { rateLimit: limits.requests_per_second, burstLimit: limits.burst },
    accessLogSettings: {
      destination: new LogGroupLogDestination(accessLog),
      format: AccessLogFormat.custom(ACCESS_LOG),
    },
  });
  if (domain && waf === undefined)
    new CfnOutput(scope, "DomainTarget", { value: addDomain(scope, { api, stage }, domain) });
  return api;
}

/** Adds the API's one route, answered by ingest. */
export function addWebhookRoute(api: HttpApi, ingest: IFunction): void {
  const routes = api.addRoutes({
    path: "/v1/webhooks/{org_id}/{workflow_id}/{security_hash}",
    // GET and HEAD ask whether somebody is there; they start nothing.
    methods: [HttpMethod.POST, HttpMethod.GET, HttpMethod.HEAD],
    integration: new HttpLambdaIntegration("Ingest", ingest),
  });
  for (const route of routes) {
    Validations.of(route).acknowledge({
      id: "AwsSolutions-APIG4",
      reason: "The security hash in the path authorises the sender; ingest compares it in constant time.",
    });
  }
}

/** Adds an alarm that rings when so many requests in a minute were answered with a status of 500 or more, ours or the API's own. */
export function addServerErrorAlarm(scope: Construct, api: HttpApi, threshold: number): Alarm {
  const metric = api.metricServerError(BY_THE_MINUTE);
  return addTakebackAlarm(
    scope,
    "ServerErrors",
    metric,
    threshold,
    "Webhooks are answered with 5xx: a deployment that is under way is taken back. Look at the log of Ingest, and whether table and queue answer.",
  );
}
