import { readEvent } from "../core/event-body.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import { batchEvent } from "./batch-event.ts";
import type { Claimed } from "./run-attempt.ts";

/** A run whose event is known, or one that others may still join until a time. */
type Filling =
  | { readonly kind: "filled"; readonly claimed: Claimed }
  | { readonly kind: "open"; readonly until: number };

/**
 * Closes the batch of a claimed run and makes what is in it the run's event, once; whoever repeats it after a crash finds the same in it.
 * Given `now`, only if it is full or over. @throws LeaseLost, or what the store threw.
 */
export async function fillBatch(
  store: Pick<RunStore, "batches" | "fill">,
  claimed: Claimed,
  now?: number,
): Promise<Filling> {
  const { lease, run } = claimed;
  if (!run.batch || run.batch.events !== undefined) return { kind: "filled", claimed };
  const { runId, expiresAt } = run;
  const closing = await store.batches.close(runId, expiresAt, now);
  if (closing.kind === "open") return closing;
  const items = await store.batches.items(runId, closing.count, expiresAt);
  const event = batchEvent(run.event, items);
  await store.fill(lease, event, items.length);
  const filled = { ...run, event: readEvent(event), batch: { events: items.length } };
  return { kind: "filled", claimed: { ...claimed, run: filled } };
}
