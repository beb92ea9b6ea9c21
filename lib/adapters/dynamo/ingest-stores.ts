import { createDynamoAnswers } from "./answers.ts";
import { createDynamoDeliveries } from "./deliveries.ts";
import { createDynamoLimits } from "./dynamo-limits.ts";
import { createDynamoPairings } from "./dynamo-pairings.ts";
import { createDynamoSplits } from "./dynamo-splits.ts";
import { createDynamoRunReader } from "./get-run.ts";
import { createDynamoNewRunStore } from "./new-run-store.ts";
import type { TableOptions } from "./table.ts";

/** All that accepting deliveries keeps and reads in the table. */
export function createDynamoIngestStores(place: TableOptions) {
  return {
    store: createDynamoNewRunStore(place),
    deliveries: createDynamoDeliveries(place),
    runs: createDynamoRunReader(place),
    answers: createDynamoAnswers(place),
    pairings: createDynamoPairings(place),
    splits: createDynamoSplits(place),
    ...createDynamoLimits(place),
  };
}
