import { type Delivery, processDelivery, processSuspect } from "./process-delivery.ts";
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
  const verdicts = await Promise.all(
    deliveries.map((delivery) => processDelivery(runner, delivery, invocation, { inCompany: true })),
  );
  const suspects = new Set<string>();
  for (const [index, delivery] of deliveries.entries()) {
    if (verdicts[index] !== "suspect") continue;
    // Further messages of the same run say nothing more, and would multiply where it has to go on elsewhere.
    verdicts[index] = suspects.has(delivery.body)
      ? "done"
      : await processSuspect(runner, delivery, invocation);
    suspects.add(delivery.body);
  }
  return deliveries
    .filter((_delivery, index) => verdicts[index] === "again")
    .map(({ messageId }) => messageId);
}
