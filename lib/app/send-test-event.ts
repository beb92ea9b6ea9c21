import type { InputEntry } from "../core/workflow.ts";
import type { WebhookRequest } from "../webhooks/request.ts";
import { acceptDelivery } from "./accept-delivery.ts";
import type { Handled } from "./handled.ts";
import { openEnvironment } from "./input-environment.ts";
import { refuseTooLarge } from "./refuse-too-large.ts";
import type { Accepting } from "./store-event.ts";

/**
 * Makes a workflow's run of an event that somebody sent to try it. What its input says of schema, filter, dedupe and limits holds as for
 * any delivery; whether the sender may is for the caller to know, so nothing is verified. The sender sees the answer: no receipt is kept.
 * @throws FlowError `invalid_input` where the input reads a secret.
 */
export async function sendTestEvent(
  accepting: Accepting,
  entry: InputEntry,
  event: Pick<WebhookRequest, "headers" | "body" | "sourceIp">,
): Promise<Handled> {
  const request: WebhookRequest = {
    ...event,
    method: "POST",
    origin: "",
    path: "",
    rawQuery: "",
    query: {},
    isTest: true,
  };
  return (
    refuseTooLarge(accepting, request) ??
    (await acceptDelivery(accepting, entry, request, openEnvironment(accepting, entry)))
  );
}
