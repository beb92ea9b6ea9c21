import { formatJson, type Json } from "../core/json.ts";
import type { ClaimedRun, StoredEvent } from "../core/run.ts";
import { spanOfRun, traceHeaders, traceOf } from "../core/trace-context.ts";

/** The event of a run that a step of another one makes: no sender, and the step's place as its delivery. */
export function ownEvent(
  method: "RUN" | "CHUNK",
  body: Json,
  {
    madeAt,
    deliveryId,
    maker,
  }: {
    readonly madeAt: number;
    readonly deliveryId: string;
    /** The run whose step it is, and whose trace goes on; absent: it begins a trace. */
    readonly maker?: ClaimedRun | undefined;
  },
): StoredEvent {
  return {
    body: new TextEncoder().encode(formatJson(body)),
    contentType: "application/json",
    request: {
      method,
      path: "",
      query: {},
      headers: maker ? { ...traceHeaders(traceOf(maker), spanOfRun(maker.runId)) } : {},
      received_at: new Date(madeAt).toISOString(),
      delivery_id: deliveryId,
    },
  };
}
