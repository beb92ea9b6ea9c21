import { isJournalEntry } from "../../core/is-journal-entry.ts";
import type { JournalEntry, RunError } from "../../core/journal.ts";
import { isObject, type Json } from "../../core/json.ts";
import {
  type ClaimedRun,
  FINAL_STATUSES,
  type FinalStatus,
  type NewRun,
  type RequestInfo,
  RUN_STATUSES,
  type RunRecord,
  type RunStatus,
} from "../../core/run.ts";
import { deliveryAttribute, readDelivery } from "./delivery-facts.ts";
import { duePartition, listPartition } from "./index-shards.ts";
import {
  checkLayout,
  damaged,
  type Item,
  type Key,
  keyAttributes,
  number,
  readFlag,
  readNumber,
  readOptionalNumber,
  readText,
  text,
} from "./item.ts";
import { linkAttributes, readLinks } from "./run-links.ts";
import {
  type Placement,
  RUN_INLINE_BYTES,
  RUN_SMALL_INLINE_BYTES,
  type StoredValues,
} from "./stored-values.ts";

// Leases last as long as invocations, minutes; a day leaves room for any clock.
const LONGEST_LEASE_MS = 86_400_000;

/** Key of a run's own item. */
export function runKey(runId: string): Key {
  return { pk: `run#${runId}`, sk: "run" };
}

/** Id of the run whose item, or whose entry of an index, this is. */
export function runIdOf(item: Item): string {
  return readText(item, "pk").slice(runKey("").pk.length);
}

/** True once a run's history may be deleted; DynamoDB does it days later. */
export function isExpired({ expires_at }: Item, now: number): boolean {
  return Number(expires_at?.N) <= now / 1000;
}

/** Where the values of a run's own item go. */
export function runPlacement(
  { runId, expiresAt }: Pick<NewRun, "runId" | "expiresAt">,
  inlineBytes = RUN_INLINE_BYTES,
): Placement {
  return { pk: runKey(runId).pk, inlineBytes, expiresAt };
}

/** The item of a run nobody has claimed; what is large in its event is stored beside it first. */
export async function newRunItem(run: NewRun, values: StoredValues): Promise<Item> {
  const { body, contentType, request } = run.event;
  const [storedBody, storedRequest] = await Promise.all([
    values.storeBytes(body, runPlacement(run)),
    values.storeJson(request, runPlacement(run, RUN_SMALL_INLINE_BYTES)),
  ]);
  return {
    ...keyAttributes(runKey(run.runId)),
    run_id: text(run.runId),
    workflow: text(run.workflow),
    hash: text(run.hash),
    stage: text(run.stage),
    ...(await standingOf(run, values)),
    body: storedBody,
    content_type: text(contentType),
    request: storedRequest,
    created_at: number(run.createdAt),
    expires_at: number(run.expiresAt),
    epoch: number(0),
    attempt: number(0),
    failures: number(0),
    spent_ms: number(0),
    ...(!run.chunk && { wf_day: text(listPartition(run.workflow, run.createdAt, run.runId)) }),
    ...linkAttributes(run),
    ...(run.delivery && { delivery: deliveryAttribute(run.delivery) }),
    ...(run.notBefore !== undefined && { not_before: number(run.notBefore) }),
  };
}

/** A run that is queued is due at some time; one that is dropped at once has ended. */
async function standingOf(run: NewRun, values: StoredValues): Promise<Item> {
  const { runId, dueAt, createdAt, droppedFor, blanked } = run;
  if (droppedFor === undefined)
    return { status: text("queued"), due_shard: text(duePartition(runId)), due_at: number(dueAt) };
  return {
    status: text("dropped"),
    outcome: text("dropped"),
    finished_at: number(createdAt),
    cost_usd: number(0),
    ...(blanked && { rewritten: { BOOL: true } }),
    reason: await values.storeJson(droppedFor, runPlacement(run, RUN_SMALL_INLINE_BYTES)),
  };
}

/** The run that an item and its segments hold. @throws FlowError `internal` for a damaged item. */
export function readRun(
  item: Item,
  segments: readonly JournalEntry[],
  values: StoredValues,
): Promise<RunRecord> {
  return readWith(item, segments, values, async (request) => {
    const body = await values.loadBytes(item, "body");
    return { body, contentType: readText(item, "content_type"), request };
  });
}

/** The same for a claim. @throws FlowError `internal` for a damaged item. */
export function readClaimed(
  item: Item,
  segments: readonly JournalEntry[],
  values: StoredValues,
): Promise<ClaimedRun> {
  return readWith(item, segments, values, async (request) => {
    const body = await values.loadBody(item, "body", readText(item, "content_type"));
    return { body, request };
  });
}

async function readWith<Event>(
  item: Item,
  segments: readonly JournalEntry[],
  values: StoredValues,
  readEvent: (request: RequestInfo) => Promise<Event>,
): Promise<Omit<RunRecord, "event"> & { readonly event: Event }> {
  checkLayout(item);
  if (readText(item, "run_id") !== runIdOf(item))
    throw damaged(item, `has the run id ${readText(item, "run_id")}`);
  const [event, output, error, reason, tail] = await Promise.all([
    readRequest(item, values).then(readEvent),
    item.output && values.loadJson(item, "output"),
    readError(item, values),
    readReason(item, values),
    item.tail ? readEntries(item, "tail", values) : [],
  ]);
  const startedAt = readOptionalNumber(item, "started_at");
  const finishedAt = readOptionalNumber(item, "finished_at");
  const notBefore = readOptionalNumber(item, "not_before");
  const isBlanked = readFlag(item, "rewritten");
  return {
    runId: runIdOf(item),
    workflow: readText(item, "workflow"),
    hash: readText(item, "hash"),
    stage: readText(item, "stage"),
    status: readStatus(item),
    event,
    createdAt: readNumber(item, "created_at"),
    dueAt: readOptionalNumber(item, "due_at") ?? Number.POSITIVE_INFINITY,
    expiresAt: readNumber(item, "expires_at"),
    ...readClaims(item),
    failures: readNumber(item, "failures"),
    spentMs: readNumber(item, "spent_ms"),
    costUsd: readCost(item),
    ...(startedAt !== undefined && { startedAt }),
    ...(finishedAt !== undefined && { finishedAt }),
    ...(notBefore !== undefined && { notBefore }),
    ...readLinks(item),
    ...(item.delivery && { delivery: readDelivery(item) }),
    ...(isBlanked && { blanked: true }),
    ...(error && { error }),
    ...(reason !== undefined && { reason }),
    ...(output !== undefined && { output }),
    journal: isBlanked ? tail : [...segments, ...tail],
  };
}

/** When a run's lease is over. @throws FlowError `internal` for what is no time, or later than any lease could be. */
export function readLeaseUntil(item: Item, now: number): number | undefined {
  const until = readOptionalNumber(item, "lease_until");
  if (until !== undefined && until > now + LONGEST_LEASE_MS)
    throw damaged(item, `has ${until} in "lease_until", a day or more ahead: no lease is that long`);
  return until;
}

/** How often a run was claimed. Each claim raises the epoch, and nothing lowers it. */
export function readClaims(item: Item): Pick<RunRecord, "attempt" | "epoch"> {
  const [attempt, epoch] = [readNumber(item, "attempt"), readNumber(item, "epoch")];
  if (attempt > epoch)
    throw damaged(
      item,
      `has ${attempt} in "attempt" and ${epoch} in "epoch", which is never the smaller one`,
    );
  return { attempt, epoch };
}

/** What came with the event beside its body. @throws FlowError `internal` for anything else. */
export async function readRequest(item: Item, values: StoredValues): Promise<RequestInfo> {
  const request = await values.loadJson(item, "request");
  const isText = (name: string) => isObject(request) && typeof request[name] === "string";
  const isMapping = (name: string) => isObject(request) && isObject(request[name] as Json);
  const isWhole = ["method", "path", "received_at", "delivery_id"].every(isText);
  if (!isWhole || !["query", "headers"].every(isMapping)) throw damaged(item, 'has no request in "request"');
  return request as unknown as RequestInfo;
}

async function readReason(item: Item, values: StoredValues): Promise<string | undefined> {
  const reason = item.reason && (await values.loadJson(item, "reason"));
  if (reason !== undefined && typeof reason !== "string") throw damaged(item, 'has no text in "reason"');
  return reason;
}

/** Journal entries in an attribute. @throws FlowError `internal` when it holds anything else. */
export async function readEntries(
  item: Item,
  name: string,
  values: StoredValues,
): Promise<readonly JournalEntry[]> {
  const entries = await values.loadJson(item, name);
  if (!Array.isArray(entries)) throw damaged(item, `has no list of entries in "${name}"`);
  const wrong = entries.findIndex((entry) => !isJournalEntry(entry));
  if (wrong >= 0) throw damaged(item, `has something else than a journal entry in "${name}", at ${wrong}`);
  return entries as unknown as readonly JournalEntry[];
}

/** How a run has ended, once it has, whatever else stands there. */
export function readOutcome({ damage, outcome, status }: Item): FinalStatus | undefined {
  if (damage) return "failed";
  return FINAL_STATUSES.find((one) => one === outcome?.S) ?? FINAL_STATUSES.find((one) => one === status?.S);
}

/** The status of a run's item. @throws FlowError `internal` for one that does not exist. */
export function readStatus(item: Item): RunStatus {
  const ended = readOutcome(item);
  if (ended) return ended;
  const found = readText(item, "status");
  const status = RUN_STATUSES.find((one) => one === found);
  if (!status) throw damaged(item, `has the status "${found}"; known are ${RUN_STATUSES.join(", ")}`);
  return status;
}

/** The error of a run's item, if it has one. @throws FlowError `internal` for anything else. */
export async function readError(item: Item, values: StoredValues): Promise<RunError | undefined> {
  if (item.damage) return readDamage(item).error;
  const error = item.error && (await values.loadJson(item, "error"));
  if (error === undefined) return undefined;
  if (!isObject(error) || typeof error.class !== "string" || typeof error.message !== "string")
    throw damaged(item, 'has no error in "error"');
  return error as unknown as RunError;
}

/** What a run was failed for as damaged, and when. */
export function readDamage({ damage }: Item): { readonly error: RunError; readonly foundAt: number } {
  const { message, found_at } = damage?.M ?? {};
  return {
    error: { step: null, class: "internal", message: message?.S ?? "the run is damaged", details: {} },
    foundAt: Number(found_at?.N ?? 0),
  };
}

/** US dollars: `cost_usd` is in an index and written once, at the end; until then `spent_usd` counts. */
export function readCost(item: Item): number {
  return readOptionalNumber(item, "cost_usd") ?? readOptionalNumber(item, "spent_usd") ?? 0;
}
