import { formatJson, type Json } from "../core/json.ts";
import type { StoredEvent } from "../core/run.ts";

/** The event of a run that a step of another one makes: no sender, and the step's place as its delivery. */
export function ownEvent(
  method: "RUN" | "CHUNK",
  body: Json,
  { madeAt, deliveryId }: { readonly madeAt: number; readonly deliveryId: string },
): StoredEvent {
  return {
    body: new TextEncoder().encode(formatJson(body)),
    contentType: "application/json",
    request: {
      method,
      path: "",
      query: {},
      headers: {},
      received_at: new Date(madeAt).toISOString(),
      delivery_id: deliveryId,
    },
  };
}
