import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { JournalEntry, RunError } from "../../core/journal.ts";
import type { JsonObject } from "../../core/json.ts";
import type {
  ChunkLink,
  NewRun,
  ParentLink,
  Redriven,
  RequestInfo,
  RunRecord,
  RunStatus,
} from "../../core/run.ts";
import { RUN_STATUSES } from "../../core/run.ts";
import { duePartition, listPartition } from "./index-shards.ts";
import {
  checkLayout,
  damaged,
  type Item,
  type Key,
  keyAttributes,
  number,
  readNumber,
  readOptionalNumber,
  readText,
  text,
} from "./item.ts";
import { type Placement, RUN_INLINE_BYTES, type StoredValues } from "./stored-values.ts";

/** Key of a run's own item. */
export function runKey(runId: string): Key {
  return { pk: `run#${runId}`, sk: "run" };
}

/** Where the values of a run's own item go. */
export function runPlacement({ runId, expiresAt }: NewRun): Placement {
  return { pk: runKey(runId).pk, inlineBytes: RUN_INLINE_BYTES, expiresAt };
}

/** The item of a run nobody has claimed; what is large in its event is stored beside it first. */
export async function newRunItem(run: NewRun, values: StoredValues): Promise<Item> {
  const { body, contentType, request } = run.event;
  const [storedBody, storedRequest] = await Promise.all([
    values.storeBytes(body, runPlacement(run)),
    values.storeJson(request, runPlacement(run)),
  ]);
  return {
    ...keyAttributes(runKey(run.runId)),
    run_id: text(run.runId),
    workflow: text(run.workflow),
    hash: text(run.hash),
    stage: text(run.stage),
    status: text("queued"),
    body: storedBody,
    content_type: text(contentType),
    request: storedRequest,
    created_at: number(run.createdAt),
    expires_at: number(run.expiresAt),
    epoch: number(0),
    attempt: number(0),
    failures: number(0),
    spent_ms: number(0),
    ...(run.chunk
      ? chunkAttributes(run.chunk)
      : { wf_day: text(listPartition(run.workflow, run.createdAt, run.runId)) }),
    due_shard: text(duePartition(run.runId)),
    due_at: number(run.dueAt),
    ...(run.parent && parentAttributes(run.parent)),
    ...(run.replayOf && {
      replay_of: text(run.replayOf.runId),
      ...(run.replayOf.edited && { replay_edited: { BOOL: true } }),
    }),
  };
}

/** The run that an item and its segments hold. @throws FlowError `internal` for a damaged item. */
export async function readRun(
  item: Item,
  segments: readonly JournalEntry[],
  values: StoredValues,
): Promise<RunRecord> {
  checkLayout(item);
  const [body, request, output, error, reason, tail] = await Promise.all([
    values.loadBytes(item, "body"),
    values.loadJson(item, "request"),
    item.output && values.loadJson(item, "output"),
    readError(item, values),
    item.reason && values.loadJson(item, "reason"),
    item.tail ? readEntries(item, "tail", values) : [],
  ]);
  const startedAt = readOptionalNumber(item, "started_at");
  const finishedAt = readOptionalNumber(item, "finished_at");
  const notBefore = readOptionalNumber(item, "not_before");
  const parent = readParent(item);
  const chunk = readChunk(item);
  const replayOf = item.replay_of && readText(item, "replay_of");
  return {
    runId: readText(item, "run_id"),
    workflow: readText(item, "workflow"),
    hash: readText(item, "hash"),
    stage: readText(item, "stage"),
    status: readStatus(item),
    event: {
      body,
      contentType: readText(item, "content_type"),
      request: request as JsonObject & RequestInfo,
    },
    createdAt: readNumber(item, "created_at"),
    dueAt: readOptionalNumber(item, "due_at") ?? Number.POSITIVE_INFINITY,
    expiresAt: readNumber(item, "expires_at"),
    attempt: readNumber(item, "attempt"),
    epoch: readNumber(item, "epoch"),
    failures: readNumber(item, "failures"),
    spentMs: readNumber(item, "spent_ms"),
    costUsd: readCost(item),
    ...(startedAt !== undefined && { startedAt }),
    ...(finishedAt !== undefined && { finishedAt }),
    ...(notBefore !== undefined && { notBefore }),
    ...(parent && { parent }),
    ...(chunk && { chunk }),
    ...(replayOf && { replayOf: { runId: replayOf, ...(item.replay_edited?.BOOL && { edited: true }) } }),
    ...(item.redriven?.L && { redrives: item.redriven.L.map(readRedriven) }),
    ...(item.replays?.L && { replays: item.replays.L.map(({ S = "" }) => S) }),
    ...(item.rewritten?.BOOL && { blanked: true }),
    ...(error && { error }),
    ...(typeof reason === "string" && { reason }),
    ...(output !== undefined && { output }),
    journal: item.rewritten?.BOOL ? tail : [...segments, ...tail],
  };
}

function parentAttributes({ runId, path, awaits, depth }: ParentLink): Item {
  return {
    parent_run: text(runId),
    parent_path: text(path),
    parent_awaits: { BOOL: awaits },
    depth: number(depth),
  };
}

function readParent(item: Item): ParentLink | undefined {
  if (item.parent_run === undefined) return undefined;
  return {
    runId: readText(item, "parent_run"),
    path: readText(item, "parent_path"),
    awaits: item.parent_awaits?.BOOL === true,
    depth: readNumber(item, "depth"),
  };
}

function chunkAttributes({ number: nth, of, from, step }: ChunkLink): Item {
  return { chunk: number(nth), chunks: number(of), first_item: number(from), loop: text(step) };
}

function readChunk(item: Item): ChunkLink | undefined {
  if (item.chunk === undefined) return undefined;
  return {
    number: readNumber(item, "chunk"),
    of: readNumber(item, "chunks"),
    from: readNumber(item, "first_item"),
    step: readText(item, "loop"),
  };
}

function readRedriven({ M = {} }: AttributeValue): Redriven {
  return { at: Number(M.at?.N), entries: Number(M.entries?.N) };
}

/** Journal entries in an attribute. @throws FlowError `internal` when it holds anything else. */
export async function readEntries(
  item: Item,
  name: string,
  values: StoredValues,
): Promise<readonly JournalEntry[]> {
  const entries = await values.loadJson(item, name);
  if (!Array.isArray(entries)) throw damaged(item, `has no list of entries in "${name}"`);
  return entries as unknown as readonly JournalEntry[];
}

/** The status of a run's item. @throws FlowError `internal` for one that does not exist. */
export function readStatus(item: Item): RunStatus {
  const found = readText(item, "status");
  const status = RUN_STATUSES.find((one) => one === found);
  if (!status) throw damaged(item, `has the status "${found}"; known are ${RUN_STATUSES.join(", ")}`);
  return status;
}

/** The error of a run's item, if it has one. */
export async function readError(item: Item, values: StoredValues): Promise<RunError | undefined> {
  return item.error && ((await values.loadJson(item, "error")) as unknown as RunError);
}

/** US dollars: `cost_usd` is in an index and written once, at the end; until then `spent_usd` counts. */
export function readCost(item: Item): number {
  return readOptionalNumber(item, "cost_usd") ?? readOptionalNumber(item, "spent_usd") ?? 0;
}
