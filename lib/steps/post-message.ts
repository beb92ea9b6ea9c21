import { formatJson, type JsonObject } from "../core/json.ts";
import type { HttpResponse } from "../core/ports/http.ts";
import type { StepContext } from "../core/step-context.ts";
import { failedAnswer } from "./failed-answer.ts";

/** Posts a message to an incoming webhook. @throws FlowError for an answer outside 2xx; `who` begins its sentence. */
export async function postMessage(
  who: string,
  url: string,
  message: JsonObject,
  context: StepContext,
): Promise<HttpResponse> {
  const { http, clock } = context.ports;
  const response = await http.send({
    method: "POST",
    url,
    headers: { "Content-Type": "application/json", "Idempotency-Key": context.idempotencyKey },
    body: formatJson(message),
    signal: context.signal,
    ...(context.timeoutSeconds !== null && { timeoutMs: context.timeoutSeconds * 1000 }),
  });
  if (response.status < 200 || response.status > 299) throw failedAnswer(who, response, clock.now());
  return response;
}
