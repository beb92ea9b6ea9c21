import { RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { StageSettings } from "../lib/core/stages.ts";

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

/** Adds the HTTP API: one route, throttled as a whole, answered by ingest. */
export function addApi(scope: Construct, ingest: IFunction, { api: limits }: StageSettings): HttpApi {
  const api = new HttpApi(scope, "Api", {
    apiName: Stack.of(scope).stackName,
    description: "Hookline webhooks",
    createDefaultStage: false,
  });
  const routes = api.addRoutes({
    path: "/v1/webhooks/{org_id}/{workflow_id}/{security_hash}",
    // GET asks whether somebody is there; it starts nothing.
    methods: [HttpMethod.POST, HttpMethod.GET],
    integration: new HttpLambdaIntegration("Ingest", ingest),
  });
  for (const route of routes) {
    Validations.of(route).acknowledge({
      id: "AwsSolutions-APIG4",
      reason: "The security hash in the path authorises the sender; ingest compares it in constant time.",
    });
  }
  const accessLog = new LogGroup(scope, "AccessLog", {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  new HttpStage(scope, "Stage", {
    httpApi: api,
    stageName: "$default",
    autoDeploy: true,
    throttle: { rateLimit: limits.requests_per_second, burstLimit: limits.burst },
    accessLogSettings: {
      destination: new LogGroupLogDestination(accessLog),
      format: AccessLogFormat.custom(ACCESS_LOG),
    },
  });
  return api;
}
