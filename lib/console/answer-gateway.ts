import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { ConsoleApp } from "./console-app.ts";

/** Answers an event of API Gateway's payload format 2.0; one that no browser sends, whose URL or headers are none, with 400. */
export async function answerGateway(
  app: ConsoleApp,
  event: APIGatewayProxyEventV2,
): Promise<APIGatewayProxyStructuredResultV2> {
  const request = requestOf(event);
  if (!request)
    return { statusCode: 400, headers: { "content-type": "text/plain" }, body: "Invalid request" };
  const answer = await app.fetch(request, { sourceIp: event.requestContext.http.sourceIp });
  const headers = [...answer.headers].filter(([name]) => name !== "set-cookie");
  const isPacked = answer.headers.has("content-encoding");
  const body = Buffer.from(await answer.arrayBuffer());
  return {
    statusCode: answer.status,
    headers: Object.fromEntries(headers),
    cookies: answer.headers.getSetCookie(),
    body: body.toString(isPacked ? "base64" : "utf8"),
    isBase64Encoded: isPacked,
  };
}

function requestOf(event: APIGatewayProxyEventV2): Request | undefined {
  const { requestContext, rawPath, rawQueryString, headers: given, cookies, body, isBase64Encoded } = event;
  const query = rawQueryString === "" ? "" : `?${rawQueryString}`;
  try {
    const headers = new Headers();
    for (const [name, value] of Object.entries(given)) if (value !== undefined) headers.set(name, value);
    if (cookies) headers.set("cookie", cookies.join("; "));
    return new Request(`https://${requestContext.domainName}${rawPath}${query}`, {
      method: requestContext.http.method,
      headers,
      ...(body !== undefined && { body: Buffer.from(body, isBase64Encoded ? "base64" : "utf8") }),
    });
  } catch {
    return undefined;
  }
}
