import { FlowError } from "../../core/flow-error.ts";
import type { NewRunStore } from "../../core/ports/run-store.ts";
import { type Blobs, createBlobs } from "./blobs.ts";
import { newRunItem, runKey } from "./run-item.ts";
import { createStoredValues, type StoredValues } from "./stored-values.ts";
import { createTable, type Table, type TableOptions } from "./table.ts";
import { getVersion, putVersion } from "./versions.ts";

/** The part of the store in one DynamoDB table that makes runs: all of it that ingest carries. */
export function createDynamoNewRunStore(place: TableOptions): NewRunStore {
  const table = createTable(place);
  const blobs = createBlobs(table);
  return newRunStore(table, blobs, createStoredValues(blobs));
}

/** The same on a table that is open already. */
export function newRunStore(table: Table, blobs: Blobs, values: StoredValues): NewRunStore {
  return {
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
    putVersion: (workflow) => putVersion(table, values, workflow),
    getVersion: (workflow, hash) => getVersion(table, values, workflow, hash),
  };
}
