import { excerpt } from "../core/excerpt.ts";
import { toFlowError } from "../core/flow-error.ts";
import type { Metrics } from "../core/ports/metrics.ts";
import type { InputEntry } from "../core/workflow.ts";
import type { WebhookRequest } from "../webhooks/request.ts";
import type { Handled } from "./handled.ts";
import type { Ingest } from "./store-event.ts";

/** In characters. */
const LONGEST_REASON = 500;

/** Keeps what became of a delivery that became no run of its own, and logs it; a store that is down costs the receipt only. */
export async function keepReceipt(
  { deliveries, clock, random, log, metrics }: Ingest,
  { name: workflow, webhook }: InputEntry,
  { body, sourceIp }: WebhookRequest,
  { answer, receipt }: Handled,
): Promise<void> {
  if (!receipt) return;
  const { outcome, runId } = receipt;
  const reason = excerpt(receipt.reason, LONGEST_REASON);
  const at = clock.now();
  countReceipt(metrics, workflow, receipt);
  log.write({
    level: outcome === "refused" || outcome === "invalid" ? "warn" : "info",
    message: `delivery ${outcome}`,
    fields: { workflow, reason, status: answer.status, ...(runId !== undefined && { run_id: runId }) },
  });
  try {
    await deliveries.keep({
      id: random.timeOrderedUuid(at),
      workflow,
      at,
      outcome,
      status: answer.status,
      reason,
      bytes: body.length,
      sourceIp,
      ...(webhook?.preset !== undefined && { preset: webhook.preset }),
      ...(runId !== undefined && { runId }),
    });
  } catch (thrown) {
    const { message } = toFlowError(thrown);
    log.write({ level: "warn", message: `no receipt is kept: ${message}`, fields: { workflow } });
  }
}

/** Only reasons out of a closed set tell series apart: what is wrong with a body is said in words. */
function countReceipt(
  metrics: Metrics,
  workflow: string,
  { outcome, reason }: NonNullable<Handled["receipt"]>,
): void {
  if (outcome === "handshake") return;
  if (outcome === "duplicate") metrics.add("DeliveriesRepeated", 1, { Workflow: workflow });
  else {
    const Reason = outcome === "refused" ? reason : outcome;
    metrics.add("DeliveriesRefused", 1, { Workflow: workflow, Reason });
  }
}
