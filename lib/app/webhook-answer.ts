import type { Json } from "../core/json.ts";

/** What the sender of a delivery gets. */
export interface WebhookAnswer {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  /** Absent: an empty body. A text goes out as it is, anything else as JSON. */
  readonly body?: Json;
}

/** The sender may try again. */
export function unavailable(error: string): WebhookAnswer {
  return { status: 503, headers: { "retry-after": "5" }, body: { error } };
}
