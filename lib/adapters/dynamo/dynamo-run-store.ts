import type { RunStore } from "../../core/ports/run-store.ts";
import { createBlobs } from "./blobs.ts";
import { claimRun } from "./claim-run.ts";
import { failDamagedRun } from "./damaged-run.ts";
import { dueRuns, postponeRun } from "./due-runs.ts";
import { createDynamoLoopStore } from "./dynamo-loop-store.ts";
import { getRun } from "./get-run.ts";
import { fillRun, finishRun, releaseRun, seizeRun } from "./lease-writes.ts";
import { listRuns, pageOfRuns } from "./list-runs.ts";
import { nameReplay } from "./name-replay.ts";
import { type DynamoRunStoreOptions, newRunStore } from "./new-run-store.ts";
import { redriveRun } from "./redrive-run.ts";
import { readSummary } from "./run-summaries.ts";
import { appendSegment } from "./segments.ts";
import { createStoredValues } from "./stored-values.ts";
import { createTable } from "./table.ts";
import { versionsLike } from "./versions.ts";

/** Runs in one DynamoDB table, execution.md section 4: single-item conditional writes, queries and batch reads. */
export function createDynamoRunStore({ now = Date.now, ...place }: DynamoRunStoreOptions): RunStore {
  const table = createTable(place);
  const blobs = createBlobs(table);
  const values = createStoredValues(blobs);
  return {
    loops: createDynamoLoopStore(table, values),
    ...newRunStore(table, blobs, values, now),
    claim: (runId, claim) => claimRun(table, values, runId, claim),
    append: (lease, segment, entries) => appendSegment(table, values, lease, segment, entries),
    fill: (lease, event, events) => fillRun(table, values, lease, event, events),
    release: (lease, release) => releaseRun(table, values, lease, release),
    finish: (lease, finish) => finishRun(table, values, lease, finish),
    redrive: (runId, redrive) => redriveRun(table, runId, redrive),
    nameReplay: (runId, name) => nameReplay(table, runId, name),
    failDamaged: (run, at) => failDamagedRun(table, run, at),
    get: (runId) => getRun(table, values, runId, now),
    summary: (runId) => readSummary(table, values, runId, now()),
    list: (query) => listRuns(table, values, query, now()),
    page: (query, mostLooks) => pageOfRuns(table, values, query, { now: now(), mostLooks }),
    due: (dueBy, limit) => dueRuns(table, dueBy, limit, now()),
    postpone: (run, dueAt) => postponeRun(table, run, dueAt),
    seize: (runId, died = false) => seizeRun(table, runId, died),
    versionsLike: (workflow, prefix) => versionsLike(table, workflow, prefix),
  };
}
