import { createDynamoCache } from "../../lib/adapters/dynamo/dynamo-cache.ts";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import { tableDefinition } from "../../lib/adapters/dynamo/table-definition.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import type { Dynalite } from "./dynalite.ts";
import { createWorld, runIdOf } from "./world.ts";
import { createWriteCounter, type WriteCount } from "./write-counter.ts";

/** What one run asked of the table, and how many messages it sent. */
export interface RunCost extends WriteCount {
  readonly sends: number;
}

/** Posts an event and runs it and what it starts to their ends, after another of the same version has stored the version. */
export async function costOfRun(
  dynalite: Dynalite,
  steps: readonly JsonObject[],
  http: readonly Json[] = [],
  workflows: { readonly [name: string]: JsonObject } = {},
): Promise<RunCost> {
  const table = await dynalite.createTable();
  const client = dynalite.client();
  const counter = createWriteCounter(tableDefinition(table), dynalite.client());
  counter.watchTable(client);
  let sends = 0;
  const world = createWorld({
    file: { steps },
    http,
    workflows,
    wrapStore: (_memory, { now }) => createDynamoRunStore({ client, table, now }),
    wrapCache: () => createDynamoCache({ client, table }),
    wrapQueue: (queue) => ({
      ...queue,
      send: (...args) => {
        sends += 1;
        return queue.send(...args);
      },
    }),
  });
  for (let run = 0; run < 2; run += 1) {
    counter.reset();
    sends = 0;
    const runId = runIdOf(await world.post({ ids: [1, 2, 3] }));
    await world.settle();
    const { status } = await world.run(runId);
    if (status !== "succeeded") throw new Error(`the run is ${status}`);
  }
  return { ...counter.count(), sends };
}
