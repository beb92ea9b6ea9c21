import { runInNewContext } from "node:vm";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { JsonObject } from "../../lib/core/json.ts";
import { gatewayEvent, type ReceivedRequest } from "../../lib/local/gateway-event.ts";
import type { Resource, Synthesis } from "./synthesise.ts";

/** Addresses of a distribution's own machines, which API Gateway takes for the sender. */
const EDGE = "130.176.0.1";
const API_HOST = "api.execute-api.eu-central-1.amazonaws.com";

/**
 * What API Gateway makes of a request that a stage's distribution hands on: its function is run, its key is written over whatever the sender put there, its
 * policy keeps the host back (CloudFront Developer Guide, "Add custom headers to origin requests").
 */
export function throughDistribution(
  { resources }: Synthesis,
  keyText: string,
  request: Omit<ReceivedRequest, "receivedAt">,
): APIGatewayProxyEventV2 {
  const code = String(
    resources.find(({ type }) => type === "AWS::CloudFront::Function")?.properties.FunctionCode,
  );
  const viewer = Object.entries(request.headers).map(([name, value]) => [name, { value: String(value) }]);
  const told: { readonly headers: Readonly<Record<string, { readonly value: string }>> } = runInNewContext(
    `${code}; handler(event)`,
    { event: { viewer: { ip: request.sourceIp }, request: { headers: Object.fromEntries(viewer) } } },
  );
  const handedOn = Object.entries(told.headers).map(([name, { value }]) => [name, value]);
  const headers = { ...Object.fromEntries(handedOn), ...originHeaders(resources, keyText) };
  return pastDistribution({ ...request, headers, sourceIp: EDGE });
}

/** What it makes of a request at the API's own address, which speaks TLS alone. */
export function pastDistribution(request: Omit<ReceivedRequest, "receivedAt">): APIGatewayProxyEventV2 {
  const headers = { ...request.headers, host: API_HOST, "x-forwarded-proto": "https" };
  return gatewayEvent({ ...request, headers, receivedAt: 0 });
}

function originHeaders(resources: Synthesis["resources"], keyText: string): Readonly<Record<string, string>> {
  const found = resources.find(({ type }) => type === "AWS::CloudFront::Distribution") as Resource;
  const { Origins } = found.properties.DistributionConfig as { readonly Origins: readonly JsonObject[] };
  const headers = Origins[0]?.OriginCustomHeaders as readonly {
    readonly HeaderName: string;
    readonly HeaderValue: string;
  }[];
  return Object.fromEntries(
    headers.map(({ HeaderName, HeaderValue }) => [
      HeaderName,
      HeaderValue === "{{resolve:secretsmanager:FrontKey:SecretString:current::}}" ? keyText : HeaderValue,
    ]),
  );
}
