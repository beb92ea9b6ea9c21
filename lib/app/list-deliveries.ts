import type { Deliveries, ReceiptOutcome } from "../core/ports/deliveries.ts";
import type { RunPage, RunQuery, RunStore } from "../core/ports/run-store.ts";
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
  /** The last one of the page before; default: the first page. */
  readonly after?: NonNullable<RunPage["next"]>;
  readonly since: number;
  readonly until: number;
  readonly limit: number;
}

/** A part of a list. */
export interface DeliveryPage {
  readonly deliveries: readonly DeliverySummary[];
  /** Where the next one goes on; absent: there is no more. */
  readonly next?: NonNullable<RunPage["next"]>;
}

// What a request costs beside what it looks at, in runs.
const REQUEST_LOOKS = 100;
const NOTHING: DeliveryPage = { deliveries: [] };

interface DeliveryPlace {
  readonly store: RunStore;
  readonly deliveries: Deliveries;
}

/**
 * Deliveries that became runs and those that did not, in one order. Where few runs are deliveries, a page gives up after looking at
 * `mostLooks` of them or so, and the next one goes on there.
 */
export async function listDeliveries(
  place: DeliveryPlace,
  query: DeliveryQuery,
  mostLooks: number,
): Promise<DeliveryPage> {
  const { outcome, limit, after, ...where } = query;
  // One more tells whether there is a next page.
  const wanted = { ...where, limit: limit + 1 };
  const [runs, receipts] = await Promise.all([
    outcome === undefined || outcome === "accepted"
      ? acceptedOf(place, { ...wanted, ...(after && { after }) }, mostLooks)
      : NOTHING,
    outcome === "accepted"
      ? []
      : place.deliveries.list({
          ...wanted,
          ...(outcome && { outcome }),
          ...(after && { after: after.runId }),
        }),
  ]);
  // Behind the place where looking was given up there may be what is not known yet.
  const end = runs.next;
  const found = [...runs.deliveries, ...receipts]
    .filter(({ id }) => end === undefined || id >= end.runId)
    .sort((a, b) => (a.id < b.id ? 1 : -1));
  const deliveries = found.slice(0, limit);
  const last = found.length > limit ? deliveries.at(-1) : undefined;
  const next = last ? { runId: last.id, createdAt: last.at } : end;
  return { deliveries, ...(next && { next }) };
}

/** One delivery, by its own id or that of the run which it became; undefined when there is none. */
export async function findDelivery(
  { store, deliveries }: DeliveryPlace,
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
  { store, deliveries }: DeliveryPlace,
  query: RunQuery,
  mostLooks: number,
): Promise<DeliveryPage> {
  const found: DeliverySummary[] = [];
  let next = query.after;
  let looks = 0;
  do {
    const page = await store.page({ ...query, ...(next && { after: next }) }, mostLooks - looks);
    const facts = await deliveries.factsOf(page.runs.map(({ runId }) => runId));
    for (const run of page.runs) {
      const known = facts.get(run.runId);
      if (known) found.push(deliveryOf(run, known));
    }
    looks += REQUEST_LOOKS + page.runs.length;
    next = page.next;
  } while (next && found.length < query.limit && looks < mostLooks);
  return { deliveries: found, ...(next && { next }) };
}

function deliveryOf(run: RunSummary, facts: DeliveryFacts): DeliverySummary {
  const { runId, workflow, createdAt: at, status: runStatus } = run;
  return { id: runId, workflow, at, outcome: "accepted", runId, runStatus, ...facts };
}
