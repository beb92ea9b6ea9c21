import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { WebhookRequest } from "../webhooks/request.ts";
import type { WebhookAnswer } from "./webhook-answer.ts";

/** Reads an event of API Gateway's payload format 2.0. */
export function toWebhookRequest(event: APIGatewayProxyEventV2): WebhookRequest {
  const headers = Object.entries(event.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), value]],
  );
  const query = Object.entries(event.queryStringParameters ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  const { http, domainName } = event.requestContext;
  return {
    method: http.method,
    origin: `${event.headers["x-forwarded-proto"] ?? "https"}://${domainName}`,
    path: event.rawPath,
    rawQuery: event.rawQueryString,
    query: Object.fromEntries(query),
    headers: Object.fromEntries(headers),
    sourceIp: http.sourceIp,
    body: Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8"),
  };
}

/** Writes an answer in the same format. */
export function toGatewayAnswer({ status, headers, body }: WebhookAnswer): APIGatewayProxyStructuredResultV2 {
  if (body === undefined) return { statusCode: status, ...(headers && { headers }), body: "" };
  return {
    statusCode: status,
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  };
}
