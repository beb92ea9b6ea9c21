import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { gatewayEvent } from "../../lib/local/gateway-event.ts";
import type { LambdaProcess } from "./lambda-process.ts";

const HOST = "hooks.example.com";

/** What the console answers. */
interface Answer {
  readonly body: string;
  /** Where it sends the browser. */
  readonly location: string;
  readonly cookies: readonly string[];
}

/** Asks a booted console for pages, and sends it forms, as API Gateway does for a browser, with `more` headers. */
export function askConsole(
  lambda: Pick<LambdaProcess, "invoke">,
  more: Readonly<Record<string, string>> = {},
): (request: {
  readonly path: string;
  readonly cookie?: string;
  readonly form?: Readonly<Record<string, string>>;
}) => Promise<Answer> {
  return async ({ path, cookie, form }) => {
    const event: APIGatewayProxyEventV2 = gatewayEvent({
      method: form ? "POST" : "GET",
      target: path,
      headers: {
        host: HOST,
        "sec-fetch-site": "same-origin",
        ...more,
        ...(cookie !== undefined && { cookie }),
        ...(form && { "content-type": "application/x-www-form-urlencoded" }),
      },
      body: Buffer.from(form ? new URLSearchParams(form).toString() : ""),
      sourceIp: "192.0.2.7",
      receivedAt: Date.now(),
    });
    const answer = (await lambda.invoke(event)) as APIGatewayProxyStructuredResultV2;
    const { body = "", statusCode = 0, headers, cookies = [] } = answer;
    if (statusCode >= 500) throw new Error(`${path}: ${statusCode} ${body}`);
    return { body, location: String(headers?.location ?? ""), cookies };
  };
}
