import type { Deliveries, ReceiptOutcome } from "../core/ports/deliveries.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import type { DeliveryFacts, RunSummary, StoredStatus } from "../core/run.ts";

/** What became of a delivery: a run, or what a receipt says. */
export type DeliveryOutcome = "accepted" | ReceiptOutcome;

/** A delivery as lists show it. Times in milliseconds since the epoch. */
export interface DeliverySummary extends DeliveryFacts {
  /** Of one that became a run, the run's. */
  readonly id: string;
  readonly workflow: string;
  readonly at: number;
  readonly outcome: DeliveryOutcome;
  /** Why it became no run of its own; absent: it did. */
  readonly reason?: string;
  /** What the sender was answered, where it is known. */
  readonly status?: number;
  readonly runId?: string;
  /** How the run stands. */
  readonly runStatus?: StoredStatus;
}

/** Which deliveries to list, newest first. */
export interface DeliveryQuery {
  readonly workflows: readonly string[];
  /** Absent: all. */
  readonly outcome?: DeliveryOutcome;
  readonly since: number;
  readonly until: number;
  readonly limit: number;
}

/** Deliveries that became runs and those that did not, in one order. */
export async function listDeliveries(
  { store, deliveries }: { readonly store: RunStore; readonly deliveries: Deliveries },
  query: DeliveryQuery,
): Promise<readonly DeliverySummary[]> {
  const { outcome, limit, ...where } = query;
  const [accepted, others] = await Promise.all([
    outcome === undefined || outcome === "accepted" ? acceptedOf(store, deliveries, query) : [],
    outcome === "accepted" ? [] : deliveries.list({ ...where, limit, ...(outcome && { outcome }) }),
  ]);
  return [...accepted, ...others].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit);
}

/** One delivery, by its own id or that of the run which it became; undefined when there is none. */
export async function findDelivery(
  { store, deliveries }: { readonly store: RunStore; readonly deliveries: Deliveries },
  id: string,
  workflows: readonly string[],
): Promise<DeliverySummary | undefined> {
  const receipt = await deliveries.get(id, workflows);
  if (receipt) return receipt;
  const [summary, facts] = [await store.summary(id), (await deliveries.factsOf([id])).get(id)];
  return summary && facts && deliveryOf(summary, facts);
}

/** Runs that no webhook started are passed over. */
async function acceptedOf(
  store: RunStore,
  deliveries: Deliveries,
  { workflows, since, until, limit }: DeliveryQuery,
): Promise<readonly DeliverySummary[]> {
  const found: DeliverySummary[] = [];
  let after: RunSummary | undefined;
  do {
    const page = await store.list({ workflows, since, until, limit, ...(after && { after }) });
    const facts = await deliveries.factsOf(page.map(({ runId }) => runId));
    for (const run of page) {
      const known = facts.get(run.runId);
      if (known) found.push(deliveryOf(run, known));
    }
    after = page.length === limit ? page.at(-1) : undefined;
  } while (after && found.length < limit);
  return found;
}

function deliveryOf(run: RunSummary, facts: DeliveryFacts): DeliverySummary {
  const { runId, workflow, createdAt: at, status: runStatus } = run;
  return { id: runId, workflow, at, outcome: "accepted", runId, runStatus, ...facts };
}
