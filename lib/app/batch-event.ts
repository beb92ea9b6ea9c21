import type { BatchItem } from "../core/ports/batch-store.ts";
import type { StoredEvent } from "../core/run.ts";

/** The event of a batch's run: the list of the bodies, and in `request.batch` what came with each. */
export function batchEvent(
  { request }: Pick<StoredEvent, "request">,
  items: readonly BatchItem[],
): StoredEvent {
  return {
    body: new TextEncoder().encode(`[${items.map(({ body }) => body).join(",")}]`),
    contentType: "application/json",
    request: {
      ...request,
      batch: items.map(({ request: { delivery_id, received_at, query, headers } }) => ({
        delivery_id,
        received_at,
        query,
        headers,
      })),
    },
  };
}
