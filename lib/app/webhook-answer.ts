import type { JsonObject } from "../core/json.ts";

/** What the sender of a delivery gets. */
export interface WebhookAnswer {
  readonly status: 200 | 202 | 204 | 400 | 401 | 404 | 413 | 422 | 503;
  readonly headers?: { readonly [name: string]: string };
  /** Absent: an empty body. A text goes out as it is, an object as JSON. */
  readonly body?: string | JsonObject;
}

/** The sender may try again. */
export function unavailable(error: string): WebhookAnswer {
  return { status: 503, headers: { "retry-after": "5" }, body: { error } };
}
