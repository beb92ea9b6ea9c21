import type { RunStore } from "../../core/ports/run-store.ts";
import type { RunRecord } from "../../core/run.ts";
import { createBlobs } from "./blobs.ts";
import { text, unlessDamaged } from "./item.ts";
import type { DynamoRunStoreOptions } from "./new-run-store.ts";
import { isExpired, readRun, runKey } from "./run-item.ts";
import { salvageRun } from "./salvaged-run.ts";
import { checkNumbering, counts, segmentEntries } from "./segments.ts";
import { createStoredValues, type StoredValues } from "./stored-values.ts";
import { createTable, type Table } from "./table.ts";

/** The part of the store that shows a run. */
export function createDynamoRunReader({
  now = Date.now,
  ...place
}: DynamoRunStoreOptions): Pick<RunStore, "get"> {
  const table = createTable(place);
  const values = createStoredValues(createBlobs(table));
  return { get: (runId) => getRun(table, values, runId, now) };
}

/** The run with its whole journal; undefined when there is none, or its history may be deleted. */
export function getRun(
  table: Table,
  values: StoredValues,
  runId: string,
  now: () => number,
): Promise<RunRecord | undefined> {
  const read = () => readWhole(table, values, runId, now());
  // What is written while the first look is under way may be there in part; a second one finds all of it.
  return unlessDamaged(read, read);
}

/** The run's item and its segments lie side by side behind its chunks: one query reads both. */
async function readWhole(
  table: Table,
  values: StoredValues,
  runId: string,
  now: number,
): Promise<RunRecord | undefined> {
  const where = {
    text: "#pk = :pk AND #sk >= :run",
    values: { ":pk": text(runKey(runId).pk), ":run": text("run") },
  };
  const [item, ...segments] = (await Array.fromAsync(table.query({ where }))).flat();
  if (item?.sk?.S !== "run" || isExpired(item, now)) return undefined;
  const counted = segments.filter((segment) => counts(segment, item));
  if (item.damage) return salvageRun(item, counted, values);
  checkNumbering(item, segments);
  return readRun(item, (await segmentEntries(counted, values)).flat(), values);
}
