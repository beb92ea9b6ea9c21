import type { DeliverySummary } from "../app/list-deliveries.ts";

/** A delivery as `--json` prints it. Times are ISO 8601. */
export function deliveryView(one: DeliverySummary) {
  return {
    delivery_id: one.id,
    workflow: one.workflow,
    received_at: new Date(one.at).toISOString(),
    outcome: one.outcome,
    reason: one.reason ?? null,
    answered: one.status ?? null,
    bytes: one.bytes,
    source_ip: one.sourceIp,
    preset: one.preset ?? null,
    test: one.isTest === true,
    run_id: one.runId ?? null,
    run_status: one.runStatus ?? null,
  };
}
