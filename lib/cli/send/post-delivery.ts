import { FlowError } from "../../core/flow-error.ts";
import { isObject, type Json, jsonOrText } from "../../core/json.ts";
import type { WebhookRequest } from "../../webhooks/request.ts";

/** What came back of a delivery. */
export interface DeliveryAnswer {
  readonly status: number;
  readonly body: Json;
  /** The run that it became, or already is. */
  readonly runId?: string;
}

const TIME_LIMIT_MS = 30_000;

/** Sends a delivery as it is. @throws FlowError `connection` when nobody answers within 30 s. */
export async function postDelivery(request: WebhookRequest): Promise<DeliveryAnswer> {
  const { origin, path, rawQuery, method, headers, body } = request;
  try {
    const response = await fetch(`${origin}${path}${rawQuery === "" ? "" : `?${rawQuery}`}`, {
      method,
      headers,
      ...(method !== "GET" && { body: new Uint8Array(body) }),
      redirect: "manual",
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    });
    const answer = jsonOrText(await response.text());
    const runId = isObject(answer) ? answer.run_id : undefined;
    return { status: response.status, body: answer, ...(typeof runId === "string" && { runId }) };
  } catch (cause) {
    const { code = "" } = (cause as { readonly cause?: NodeJS.ErrnoException }).cause ?? {};
    throw new FlowError(
      "connection",
      `nobody answers at ${origin}${code === "" ? "" : ` (${code})`}: see whether it is up, and whether the URL is right`,
      { cause },
    );
  }
}
