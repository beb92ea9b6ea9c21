import { isSettled } from "../../lib/core/journal.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import type { HttpRequest } from "../../lib/core/ports/http.ts";
import { everyOrder, type Fault, textOfAll } from "../support/faults.ts";
import type { World } from "../support/world.ts";
import { runnersOf, type Scene } from "./runners.ts";
import { outcomeOf, play } from "./trial.ts";
import type { FaultCase } from "./workflows.ts";

/** What came of all orders. */
export interface StruckOrders {
  /** Orders in which the fault befell a call. */
  readonly orders: number;
  /** How often it befell which kind of call. */
  readonly struck: { readonly [name: string]: number };
  /** Orders after which the run was taken for one that kills its process: a lease that ran out is a death too. */
  readonly poisoned: number;
  readonly broken: readonly object[];
}

/**
 * Plays every order in which the calls of runners that work on one run at once can follow each other, once for each call
 * of each order, which a fault befalls. Afterwards no message is left, and the sweeper finds the run if it has not ended.
 */
export async function everyStruckOrder(
  given: FaultCase,
  runners: number,
  fault: Fault,
): Promise<StruckOrders> {
  const expected = outcomeOf((await play(given)).run);
  const struck: Record<string, number> = {};
  const broken: object[] = [];
  let [orders, poisoned] = [0, 0];
  for (let at = 0, hits = 1; hits > 0; at += 1) {
    hits = 0;
    await everyOrder(
      () => runnersOf(given, runners, { at, fault }),
      async (scene, order) => {
        if (scene.struck === undefined) return;
        hits += 1;
        // A call that fails changes the result where the file accepts failures.
        if (given.acceptsFailures && scene.struck === "send" && !fault.startsWith("death")) return;
        struck[scene.struck] = (struck[scene.struck] ?? 0) + 1;
        await untilEnded(scene.world);
        const run = await scene.store.get(scene.runId);
        const outcome = outcomeOf(run);
        // Of a claim whose answer got lost only the lease knows, as of a death.
        const isDeath = fault.startsWith("death") || (fault === "answer lost" && scene.struck === "claim");
        // In `on_failure` it is the alarm that is not raised a third time.
        const isAlarm = isDeath && isFailedAs(expected, outcome);
        const isPoison = isAlarm || run?.error?.message.startsWith("the process died twice") === true;
        if (isPoison) poisoned += 1;
        const isAsExpected = isPoison || textOfAll(outcome) === textOfAll(expected);
        const wrong = wrongIn(scene, run?.journal.filter(isSettled).map(({ path }) => path) ?? []);
        if (wrong || !isAsExpected) broken.push({ at, order, struck: scene.struck, outcome, ...wrong });
      },
      200_000,
    );
    orders += hits;
  }
  return { orders, struck, poisoned, broken };
}

function wrongIn({ ended, requests }: Scene, settled: readonly string[]): object | undefined {
  const twice = settled.filter((path, index) => settled.indexOf(path) < index);
  const byKey = Map.groupBy(requests, ({ headers }: HttpRequest) => headers["Idempotency-Key"]);
  const changed = [...byKey.values()].filter(
    (all) => new Set(all.map(({ url, body }) => textOfAll({ url, body }))).size > 1,
  );
  // A runner that stalled right before a call makes it when it is back, under the same key: that is no fault.
  if (twice.length + changed.length === 0 && new Set(ended).size === 1) return undefined;
  return { twice, changed, ended };
}

function isFailedAs(expected: JsonObject | undefined, outcome: JsonObject | undefined): boolean {
  return outcome?.status === "failed" && textOfAll(outcome.error) === textOfAll(expected?.error);
}

async function untilEnded(world: World): Promise<void> {
  for (const { receiptHandle } of world.queue.receive(10)) world.queue.acknowledge(receiptHandle);
  for (
    let left = 20;
    left > 0 && (await world.store.due(Number.POSITIVE_INFINITY, 1)).length > 0;
    left -= 1
  ) {
    world.clock.advance(20 * 60_000);
    await world.sweep();
    await world.settle();
  }
}
