import { hash } from "node:crypto";
import type {
  BatchItem,
  BatchPlace,
  BatchSpot,
  BatchStore,
  Closing,
  NamedBatch,
  NumberAnswer,
  NumberRequest,
} from "../../core/ports/batch-store.ts";
import { EARLY_CLAIM_MS } from "../claim-refusal.ts";
import {
  type Item,
  type Key,
  keyAttributes,
  layoutVersion,
  number,
  readNumber,
  readText,
  text,
} from "./item.ts";
import { putOrFind } from "./put-or-find.ts";
import { readRequest, runKey } from "./run-item.ts";
import { INLINE_BYTES, type StoredValues } from "./stored-values.ts";
import type { Table } from "./table.ts";

const BATCH_ITEMS = "batch#";
const TRIES = 5;
// What outlives a blanked history: who comes late must find what was settled.
const KEPT = { fence: { BOOL: true } };

/**
 * Batches beside their runs: `run#<id>` / `batch` gives numbers, `batch#<number>` is a delivery or a number that nobody will use. Which
 * batch a key's deliveries join stands in `batch#<workflow>#<hash of the key>`, where one goes that may come again in `spot#<its id>`.
 */
export function createDynamoBatchStore(table: Table, values: StoredValues): BatchStore {
  return {
    async current(place) {
      const item = await table.get(placeKey(place));
      return item && readBatch(item);
    },
    name: (place, batch, before, expiresAt) => nameBatch(table, place, batch, before, expiresAt),
    async open({ runId, closesAt }, size, expiresAt) {
      await table.putNew({
        ...keyAttributes(countKey(runId)),
        ...KEPT,
        count: number(0),
        bytes: number(0),
        size: number(size),
        closes_at: number(closesAt),
        expires_at: number(expiresAt),
      });
    },
    takeNumber: (runId, request) => takeNumber(table, runId, request),
    async put(spot, { id, body, request }, expiresAt) {
      const key = itemKey(spot);
      const placement = { pk: key.pk, inlineBytes: INLINE_BYTES, expiresAt };
      const isNew = await table.putNew({
        ...keyAttributes(key),
        id: text(id),
        body: await values.storeBytes(new TextEncoder().encode(body), placement),
        request: await values.storeJson(request, placement),
        expires_at: number(expiresAt),
      });
      return isNew || (await table.get(key))?.id?.S === id;
    },
    settle: (id, spot, before, expiresAt) => settle(table, id, spot, before, expiresAt),
    async spotOf(id) {
      const item = await table.get(spotKey(id));
      return item && readSpot(item);
    },
    close: (runId, expiresAt, now) => closeBatch(table, runId, expiresAt, now),
    items: (runId, count, expiresAt) => readItems(table, values, runId, count, expiresAt),
  };
}

async function nameBatch(
  table: Table,
  place: BatchPlace,
  batch: NamedBatch,
  before: string | undefined,
  expiresAt: number,
): Promise<NamedBatch> {
  const item = {
    run_id: text(batch.runId),
    created_at: number(batch.createdAt),
    closes_at: number(batch.closesAt),
    expires_at: number(expiresAt),
  };
  const isFree = {
    text: `attribute_not_exists(#pk)${before === undefined ? "" : " OR #run_id = :before"}`,
    ...(before !== undefined && { values: { ":before": text(before) } }),
  };
  const found = await putOrFind(table, placeKey(place), item, isFree, TRIES);
  return typeof found === "string" ? batch : readBatch(found);
}

async function takeNumber(
  table: Table,
  runId: string,
  { now, bytes, mostBytes }: NumberRequest,
): Promise<NumberAnswer> {
  const taken = await table.updateAndGet(
    countKey(runId),
    {
      text: "SET #count = #count + :one, #bytes = #bytes + :bytes",
      values: { ":one": number(1), ":bytes": number(bytes) },
    },
    {
      text: "attribute_exists(#pk) AND attribute_not_exists(#closed) AND #count < #size AND #closes_at > :now AND (#count = :none OR #bytes <= :room)",
      values: { ":now": number(now), ":none": number(0), ":room": number(mostBytes - bytes) },
    },
  );
  if (taken) return readNumber(taken, "count");
  const found = await table.get(countKey(runId));
  if (!found) return "unopened";
  const isOpen =
    !found.closed &&
    readNumber(found, "count") < readNumber(found, "size") &&
    readNumber(found, "closes_at") > now;
  return isOpen ? "full" : "closed";
}

async function closeBatch(
  table: Table,
  runId: string,
  expiresAt: number,
  now: number | undefined,
): Promise<Closing> {
  const key = countKey(runId);
  const isDue =
    "attribute_not_exists(#pk) OR attribute_exists(#closed) OR #count >= #size OR #closes_at <= :soon";
  const closed = await table.updateAndGet(
    key,
    {
      text: "SET #v = :v, #fence = :yes, #closed = :yes, #expires_at = :expires_at, #count = if_not_exists(#count, :none)",
      values: {
        ":v": layoutVersion,
        ":yes": { BOOL: true },
        ":expires_at": number(expiresAt),
        ":none": number(0),
      },
    },
    now === undefined
      ? { text: "attribute_not_exists(#pk) OR attribute_exists(#pk)" }
      : { text: isDue, values: { ":soon": number(now + EARLY_CLAIM_MS) } },
  );
  if (closed) return { kind: "closed", count: readNumber(closed, "count") };
  const found = (await table.get(key)) ?? keyAttributes(key);
  return { kind: "open", until: readNumber(found, "closes_at") };
}

/** Lets nobody into the batch of a run that ends without being executed, if it is one. */
export async function closeEnded(table: Table, runId: string): Promise<void> {
  const change = { text: "SET #closed = :yes", values: { ":yes": { BOOL: true } } };
  await table.update(countKey(runId), change, { text: "attribute_exists(#pk)" });
}

/** Numbers that were given and not used are taken here, so that those to whom they were given find them so. */
async function readItems(
  table: Table,
  values: StoredValues,
  runId: string,
  count: number,
  expiresAt: number,
): Promise<readonly BatchItem[]> {
  const where = {
    text: "#pk = :pk AND begins_with(#sk, :items)",
    values: { ":pk": text(runKey(runId).pk), ":items": text(BATCH_ITEMS) },
  };
  const found = (await Array.fromAsync(table.query({ where }))).flat();
  const known = new Map(found.map((item) => [readText(item, "sk"), item]));
  const items: BatchItem[] = [];
  for (let nth = 1; nth <= count; nth++) {
    const key = itemKey({ runId, number: nth });
    const gap: Item = { ...keyAttributes(key), ...KEPT, expires_at: number(expiresAt) };
    const item = known.get(key.sk) ?? ((await table.putNew(gap)) ? gap : await table.get(key));
    if (!item?.id) continue;
    const body = new TextDecoder().decode(await values.loadBytes(item, "body"));
    items.push({ id: readText(item, "id"), body, request: await readRequest(item, values) });
  }
  return items;
}

async function settle(
  table: Table,
  id: string,
  spot: BatchSpot,
  before: BatchSpot | undefined,
  expiresAt: number,
): Promise<BatchSpot> {
  const item = {
    run_id: text(spot.runId),
    number: number(spot.number),
    expires_at: number(expiresAt),
  };
  const isFree = before
    ? {
        text: "attribute_not_exists(#pk) OR (#run_id = :run AND #number = :number)",
        values: { ":run": text(before.runId), ":number": number(before.number) },
      }
    : { text: "attribute_not_exists(#pk)" };
  const found = await putOrFind(table, spotKey(id), item, isFree, TRIES);
  return typeof found === "string" ? spot : readSpot(found);
}

/** What takes the place of a delivery whose run's history is blanked: whoever puts it once more finds that it is there. */
export function blankedBatchItem(item: Item): Item | undefined {
  if (!item.sk?.S?.startsWith(BATCH_ITEMS) || !item.id) return undefined;
  const { pk, sk, v, id, expires_at } = item;
  return { pk, sk, v, id, expires_at, ...KEPT } as Item;
}

function placeKey({ workflow, key }: BatchPlace): Key {
  return { pk: `batch#${workflow}#${hash("sha256", key)}`, sk: "batch" };
}

function countKey(runId: string): Key {
  return { pk: runKey(runId).pk, sk: "batch" };
}

function itemKey({ runId, number: nth }: BatchSpot): Key {
  return { pk: runKey(runId).pk, sk: `${BATCH_ITEMS}${String(nth).padStart(6, "0")}` };
}

function spotKey(id: string): Key {
  return { pk: `spot#${id}`, sk: "spot" };
}

function readBatch(item: Item): NamedBatch {
  return {
    runId: readText(item, "run_id"),
    createdAt: readNumber(item, "created_at"),
    closesAt: readNumber(item, "closes_at"),
  };
}

function readSpot(item: Item): BatchSpot {
  return { runId: readText(item, "run_id"), number: readNumber(item, "number") };
}
