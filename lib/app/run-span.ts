import type { Span } from "../core/ports/spans.ts";
import type { ClaimedRun, FinalStatus } from "../core/run.ts";
import { spanOfRun, traceOf } from "../core/trace-context.ts";
import { spanOfDelivery } from "./delivery-span.ts";

/** The span of a whole run, from when it was accepted to its end: its steps are below it. A replay points to what it runs again. */
export function runSpan(
  run: ClaimedRun,
  queue: string,
  {
    status,
    at,
    errorClass,
  }: { readonly status: FinalStatus; readonly at: number; readonly errorClass?: string | undefined },
): Span {
  const { runId, workflow, event, createdAt, replayOf, chunk } = run;
  const trace = traceOf(run);
  const original = replayOf && {
    traceId: traceOf({ runId: replayOf.runId, event }).traceId,
    spanId: spanOfRun(replayOf.runId),
  };
  return {
    trace,
    spanId: spanOfRun(runId),
    parentId: spanOfDelivery(run) ?? trace.parentId,
    name: chunk ? `chunk of ${workflow}` : `process ${workflow}`,
    kind: "consumer",
    from: createdAt,
    to: Math.max(at, createdAt),
    attributes: {
      "messaging.system": "aws_sqs",
      "messaging.operation.type": "process",
      "messaging.destination.name": queue,
      "hookline.run.id": runId,
      "hookline.workflow": workflow,
      "hookline.run.status": status,
    },
    errorClass,
    ...(original && { link: original }),
  };
}
