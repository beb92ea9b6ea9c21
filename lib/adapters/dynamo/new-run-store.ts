import { FlowError } from "../../core/flow-error.ts";
import type { NewRunStore } from "../../core/ports/run-store.ts";
import type { StoredStatus } from "../../core/run.ts";
import { type Blobs, createBlobs } from "./blobs.ts";
import { createDynamoBatchStore } from "./dynamo-batch-store.ts";
import { unlessDamaged } from "./item.ts";
import { isExpired, newRunItem, readStatus, runKey } from "./run-item.ts";
import { createStoredValues, type StoredValues } from "./stored-values.ts";
import { createTable, type Table, type TableOptions } from "./table.ts";
import { getVersion, putVersion } from "./versions.ts";

const STATUS_ATTRIBUTES = ["pk", "sk", "status", "outcome", "damage", "expires_at"];

/** Which table, and the clock that tells expired runs, which DynamoDB deletes only days later. */
export interface DynamoRunStoreOptions extends TableOptions {
  /** Milliseconds since the epoch; default: the system's clock. */
  readonly now?: () => number;
}

/** The part of the store in one DynamoDB table that makes runs: all of it that ingest carries. */
export function createDynamoNewRunStore({ now = Date.now, ...place }: DynamoRunStoreOptions): NewRunStore {
  const table = createTable(place);
  const blobs = createBlobs(table);
  return newRunStore(table, blobs, createStoredValues(blobs), now);
}

/** The same on a table that is open already. */
export function newRunStore(
  table: Table,
  blobs: Blobs,
  values: StoredValues,
  now: () => number,
): NewRunStore {
  return {
    batches: createDynamoBatchStore(table, values),
    async create(run) {
      if (await table.putNew(await newRunItem(run, values))) return;
      const taken = await table.get(runKey(run.runId));
      const ours = taken?.workflow?.S === run.workflow && taken.created_at?.N === String(run.createdAt);
      if (!ours) throw new FlowError("internal", `run id ${run.runId} is taken by another run`);
    },
    async discard(runId) {
      const removed = await table.remove(runKey(runId), {
        text: "#epoch = :none",
        values: { ":none": { N: "0" } },
      });
      if (removed) await blobs.removeAll(removed);
      return removed !== undefined || !(await table.get(runKey(runId)));
    },
    async status(runId) {
      const [item] = await table.getMany([runKey(runId)], STATUS_ATTRIBUTES);
      if (!item || isExpired(item, now())) return undefined;
      return unlessDamaged(
        () => readStatus(item),
        (): StoredStatus => "damaged",
      );
    },
    putVersion: (workflow, before) =>
      putVersion(table, values, workflow, { keptAt: now(), ...(before !== undefined && { before }) }),
    getVersion: (workflow, hash) => getVersion(table, values, workflow, hash),
  };
}
