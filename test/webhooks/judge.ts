import type { WebhookRequest } from "../../lib/webhooks/request.ts";
import { toVerification } from "../../lib/webhooks/to-verification.ts";
import { verifyDelivery } from "../../lib/webhooks/verify-delivery.ts";
import { type ReadScheme, type SchemeKeys, schemeKeys } from "../../lib/webhooks/verify-keys.ts";

/** 2026-11-27T12:00:00Z in seconds. */
export const NOW_SECONDS = 1_795_780_800;

const ORIGIN = "https://hooks.example";
const PATH = "/v1/webhooks/org/flow/hash";

/** Where {@link requestOf} was sent, without its query. */
export const WEBHOOK_URL = ORIGIN + PATH;

/** A delivery; headers in lower case, the body as text or bytes. */
export interface Delivery extends Partial<Omit<WebhookRequest, "body">> {
  readonly body?: string | Uint8Array;
}

/** A delivery as ingest hands it over. */
export function requestOf({ body = "", ...given }: Delivery): WebhookRequest {
  const { rawQuery = "" } = given;
  return {
    method: "POST",
    origin: ORIGIN,
    path: PATH,
    rawQuery,
    query: Object.fromEntries(new URLSearchParams(rawQuery)),
    headers: {},
    sourceIp: "192.0.2.1",
    ...given,
    body: typeof body === "string" ? Buffer.from(body) : body,
  };
}

/** How the keys of `verify`, as a file writes them, judge a delivery: `verified`, or status and reason of the refusal. */
export async function judge(
  keys: SchemeKeys,
  delivery: Delivery,
  env: { readonly [name: string]: string } = {},
): Promise<string> {
  const rule = toVerification(schemeKeys[keys.scheme].parse(keys) as ReadScheme);
  const verdict = await verifyDelivery(rule, requestOf(delivery), {
    now: NOW_SECONDS * 1000,
    env: (name) => env[name],
  });
  return verdict.kind === "verified" ? "verified" : `${verdict.status} ${verdict.reason}`;
}
