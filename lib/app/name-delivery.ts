import type { NamedRun } from "../core/ports/deliveries.ts";
import type { InputEntry } from "../core/workflow.ts";
import type { Handled } from "./handled.ts";
import type { Accepting } from "./store-event.ts";

/** What the sender is told of dedupe. */
export type DedupeWord = "off" | "no_key" | "new" | "duplicate";

/** The run that a delivery is to be made, or the answer to a copy of one that is made. */
type DeliveryName =
  | { readonly kind: "to_make"; readonly run: NamedRun; readonly dedupe: DedupeWord }
  | ({ readonly kind: "made" } & Handled);

/** Finds out which run a delivery is. @throws FlowError when the store cannot be reached. */
export async function nameDelivery(
  { deliveries, store, random }: Pick<Accepting, "deliveries" | "store" | "random">,
  { name: workflow, webhook }: InputEntry,
  key: string | undefined,
  now: number,
): Promise<DeliveryName> {
  const mine = { runId: random.timeOrderedUuid(now), createdAt: now };
  const dedupe = webhook?.dedupe;
  if (!dedupe) return { kind: "to_make", run: mine, dedupe: "off" };
  if (key === undefined) return { kind: "to_make", run: mine, dedupe: "no_key" };
  const until = now + dedupe.windowSeconds * 1000;
  const run = await deliveries.name({ workflow, key, until }, mine);
  if (run.runId === mine.runId) return { kind: "to_make", run, dedupe: "new" };
  const status = await store.status(run.runId);
  // Whoever named the run has not stored it, or not yet: of all who do, one makes it.
  if (status === undefined) return { kind: "to_make", run, dedupe: "duplicate" };
  return {
    kind: "made",
    answer: { status: 202, body: { run_id: run.runId, status, dedupe: "duplicate" } },
    runId: run.runId,
    receipt: { outcome: "duplicate", reason: "duplicate", runId: run.runId },
  };
}
