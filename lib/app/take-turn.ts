import type { InputEntry } from "../core/workflow.ts";
import type { Handled } from "./handled.ts";
import type { Ingest } from "./store-event.ts";
import { DAY_MS } from "./timings.ts";

/** A delivery whose turn it is, now or later, or what comes of one that its key has no turn for. */
type DeliveryTurn =
  | { readonly kind: "taken"; readonly later?: { readonly at: number; readonly waitMs: number } }
  | ({ readonly kind: "limited" } & Handled);

/**
 * Takes a delivery's turn in the rate of its key, at once where there is none. What is queued waits at most a day for it.
 * @throws FlowError when the store cannot be reached.
 */
export async function takeTurn(
  { turns, clock }: Pick<Ingest, "turns" | "clock">,
  { name: workflow, webhook }: InputEntry,
  key = "",
): Promise<DeliveryTurn> {
  const rate = webhook?.limits?.rate;
  if (!rate) return { kind: "taken" };
  const { count, perSeconds, over } = rate;
  const now = clock.now();
  const longestWaitMs = over === "queue" ? DAY_MS : 0;
  const { taken, at } = await turns.take({ workflow, key, count, perSeconds, now, longestWaitMs });
  const waitMs = at - now;
  if (taken) return { kind: "taken", ...(waitMs > 0 && { later: { at, waitMs } }) };
  // At most a day of turns waits: one more has its place when the first of them has begun.
  const seconds = Math.max(1, Math.ceil((waitMs - longestWaitMs) / 1000));
  const waiting = over === "queue" ? ", and as many wait as a day has turns for" : "";
  const error = `too many deliveries: at most ${count} in ${perSeconds} s${waiting}; try again in ${seconds} s`;
  return {
    kind: "limited",
    answer: { status: 429, headers: { "retry-after": String(seconds) }, body: { error } },
    receipt: { outcome: "limited", reason: error },
  };
}
