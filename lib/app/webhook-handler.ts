import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { WebhookRequest } from "../webhooks/request.ts";
import { toGatewayAnswer, toWebhookRequest } from "./gateway-event.ts";
import { throughFront } from "./through-front.ts";
import type { WebhookAnswer } from "./webhook-answer.ts";

/** Makes of what answers deliveries a function that API Gateway calls. */
export function webhookHandler(
  means: Parameters<typeof throughFront>[0],
  answer: (request: WebhookRequest) => Promise<WebhookAnswer>,
): (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2> {
  return (event) =>
    throughFront(means, event, async (asked) => toGatewayAnswer(await answer(toWebhookRequest(asked))));
}
