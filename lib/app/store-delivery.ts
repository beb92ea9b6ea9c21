import { toFlowError } from "../core/flow-error.ts";
import type { NamedRun } from "../core/ports/deliveries.ts";
import type { Burst, StoredEvent } from "../core/run.ts";
import { traceOf } from "../core/trace-context.ts";
import type { InputEntry } from "../core/workflow.ts";
import type { WebhookRequest } from "../webhooks/request.ts";
import type { Handled } from "./handled.ts";
import type { DedupeWord } from "./name-delivery.ts";
import { notStored } from "./not-stored.ts";
import { type Accepting, storeEvent } from "./store-event.ts";
import type { WebhookAnswer } from "./webhook-answer.ts";

/** A delivery that nothing speaks against. */
interface AcceptedDelivery {
  readonly event: StoredEvent;
  readonly from: Pick<WebhookRequest, "sourceIp" | "isTest">;
  readonly run: NamedRun;
  readonly dedupe: DedupeWord;
  /** Why it is a run that is dropped; absent: it is to run. */
  readonly droppedFor?: string | undefined;
  /** When its turn is; absent: now. */
  readonly later?: { readonly at: number; readonly waitMs: number } | undefined;
  /** Absent: nothing depends on what follows it. */
  readonly burst?: Burst | undefined;
}

/** Makes a delivery the run that it is named, and answers its sender; 503 when store or queue do not take it. */
export async function storeDelivery(
  ingest: Accepting,
  entry: InputEntry,
  { event, from, run, dedupe, droppedFor, burst, later = afterBurst(ingest, burst) }: AcceptedDelivery,
): Promise<Handled> {
  const { runId, createdAt: now } = run;
  const { preset } = entry.webhook ?? {};
  const { sourceIp, isTest } = from;
  const bytes = event.body.length;
  const fields = { run_id: runId, workflow: entry.name, trace_id: traceOf({ runId, event }).traceId };
  try {
    await storeEvent(ingest, entry, event, {
      runId,
      now,
      delivery: { bytes, sourceIp, ...(preset !== undefined && { preset }), ...(isTest && { isTest }) },
      later,
      ...(burst && { burst }),
      ...(droppedFor !== undefined && { droppedFor }),
    });
  } catch (thrown) {
    // Others may have been told of a run that has a name: it stays, and a sender that tries again is told of it too. One in a
    // burst may have superseded others by now; the same delivery, sent again, supersedes it.
    const mayStay = dedupe === "new" || dedupe === "duplicate" || burst !== undefined;
    if (mayStay || !(await isKept(ingest, runId))) return notStored(ingest, entry, thrown, runId);
    const { message, class: errorClass } = toFlowError(thrown);
    ingest.log.write({
      level: "error",
      message: `event accepted, though ${message}`,
      fields: { ...fields, class: errorClass },
    });
  }
  ingest.log.write({
    level: "info",
    message: droppedFor === undefined ? "event accepted" : `event dropped: ${droppedFor}`,
    fields: { ...fields, bytes },
  });
  const answer: WebhookAnswer =
    droppedFor === undefined
      ? { status: 202, body: { run_id: runId, status: "queued", dedupe, ...beginning(later) } }
      : { status: 200, body: { run_id: runId, status: "dropped", dedupe, reason: droppedFor } };
  return {
    answer,
    ...(droppedFor === undefined && { runId }),
    ...(dedupe === "duplicate" && { receipt: { outcome: "duplicate", reason: "duplicate", runId } as const }),
  };
}

function afterBurst({ clock }: Accepting, burst: Burst | undefined): AcceptedDelivery["later"] {
  return burst && { at: burst.until, waitMs: Math.max(0, burst.until - clock.now()) };
}

function beginning(later: AcceptedDelivery["later"]): { readonly begins_at?: string } {
  return later ? { begins_at: new Date(later.at).toISOString() } : {};
}

/**
 * Takes back what may have been stored before the answer got lost: the sender will send again. True when a runner has
 * it already: then it was accepted after all.
 */
async function isKept({ store, log }: Accepting, runId: string): Promise<boolean> {
  try {
    return !(await store.discard(runId));
  } catch (thrown) {
    const { message } = toFlowError(thrown);
    log.write({ level: "error", message: `what was refused may run: ${message}`, fields: { run_id: runId } });
    return false;
  }
}
