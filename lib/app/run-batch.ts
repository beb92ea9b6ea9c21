import { type Delivery, processDelivery, type Suspect, type Verdict } from "./process-delivery.ts";
import type { Invocation, Runner } from "./runner.ts";

/**
 * Runs a batch of messages concurrently and returns the ids of those that stay in the queue. Runs whose process died
 * before come last and one by one: a poisonous one takes no neighbour along.
 */
export async function runBatch(
  runner: Runner,
  deliveries: readonly Delivery[],
  invocation: Invocation,
): Promise<string[]> {
  const verdicts = new Map<string, Verdict>();
  const suspects: { readonly messageId: string; readonly run: Suspect }[] = [];
  await Promise.all(
    deliveries.map(async (delivery) => {
      const outcome = await processDelivery(runner, delivery, invocation);
      if (typeof outcome === "string") verdicts.set(delivery.messageId, outcome);
      else suspects.push({ messageId: delivery.messageId, run: outcome });
    }),
  );
  for (const { messageId, run } of suspects) verdicts.set(messageId, await run());
  return deliveries.map(({ messageId }) => messageId).filter((id) => verdicts.get(id) === "again");
}
