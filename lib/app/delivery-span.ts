import type { Span } from "../core/ports/spans.ts";
import type { ClaimedRun } from "../core/run.ts";
import { spanOfRun, traceOf } from "../core/trace-context.ts";

const ROUTE = "/v1/webhooks/{org_id}/{workflow_id}/{security_hash}";
// API Gateway waits no longer: what was enqueued later was enqueued by the sweeper.
const LONGEST_MS = 30_000;

/** The span of the webhook delivery that a run is; undefined for one that came of something else. */
export function spanOfDelivery({
  runId,
  delivery,
  replayOf,
  batch,
}: Pick<ClaimedRun, "runId" | "delivery" | "replayOf" | "batch">): string | undefined {
  return delivery && !replayOf && !batch ? [...spanOfRun(runId)].reverse().join("") : undefined;
}

/**
 * A webhook delivery as a span, from when it was received until its run was enqueued (`enqueuedAt`, milliseconds since the epoch; absent: it is not
 * known). Ingest sends none: the runner does, when the run begins. Undefined for a run that came of something else.
 */
export function deliverySpan(run: ClaimedRun, enqueuedAt: number | undefined): Span | undefined {
  const spanId = spanOfDelivery(run);
  if (spanId === undefined) return undefined;
  const { runId, workflow, event, createdAt, delivery } = run;
  const trace = traceOf(run);
  const tookMs = (enqueuedAt ?? createdAt) - createdAt;
  return {
    trace,
    spanId,
    parentId: trace.parentId,
    name: `${event.request.method} ${ROUTE}`,
    kind: "server",
    from: createdAt,
    to: tookMs > 0 && tookMs < LONGEST_MS ? createdAt + tookMs : createdAt,
    attributes: {
      "http.request.method": event.request.method,
      "http.route": ROUTE,
      "http.request.body.size": delivery?.bytes,
      "hookline.run.id": runId,
      "hookline.workflow": workflow,
    },
  };
}
