import { eachOf } from "../../core/each-of.ts";
import type { DueRun } from "../../core/ports/run-store.ts";
import { isFinal } from "../../core/run.ts";
import { duePartitions } from "./index-shards.ts";
import { type Item, type Key, number, readNumber, readOptionalNumber, text, unlessDamaged } from "./item.ts";
import { isExpired, readLeaseUntil, readStatus, runIdOf, runKey } from "./run-item.ts";
import type { Table } from "./table.ts";
import { DUE_INDEX } from "./table-definition.ts";

const LONGEST_PAGE = 1_000;
const WRITES_AT_ONCE = 25;
const ATTRIBUTES = [
  "pk",
  "sk",
  "status",
  "outcome",
  "damage",
  "due_shard",
  "due_at",
  "lease_until",
  "not_before",
  "expires_at",
];

/**
 * Runs whose `due_at` is not after `dueBy`, longest due first; each as its own item says, not the index. Those that have
 * expired leave the index: DynamoDB deletes them days later, and until then they would stand before the others.
 */
export async function dueRuns(
  table: Table,
  dueBy: number,
  limit: number,
  now: number,
): Promise<readonly DueRun[]> {
  for (;;) {
    const items = await table.getMany(await firstDue(table, dueBy, limit), ATTRIBUTES);
    const expired = items.filter((item) => isExpired(item, now) && item.due_shard);
    if (expired.length === 0) {
      const alive = items.filter((item) => !isExpired(item, now));
      const runs = await Promise.all(alive.map((item) => dueRun(item, now)));
      return runs
        .filter(({ status, dueAt }) => !isFinal(status) && dueAt <= dueBy)
        .sort((a, b) => a.dueAt - b.dueAt);
    }
    await eachOf(expired, WRITES_AT_ONCE, (item) => leaveIndex(table, item, now));
  }
}

/** Keys of the runs that the index has due first. */
async function firstDue(table: Table, dueBy: number, limit: number): Promise<readonly Key[]> {
  const entries = await Promise.all(
    duePartitions.map((partition) => dueEntries(table, partition, dueBy, limit)),
  );
  return entries
    .flat()
    .sort((a, b) => readNumber(a, "due_at") - readNumber(b, "due_at"))
    .slice(0, limit)
    .map((entry) => runKey(runIdOf(entry)));
}

/** Takes an expired run out of the index, unless its history is kept longer by now. */
async function leaveIndex(table: Table, item: Item, now: number): Promise<void> {
  const condition = { text: "#expires_at <= :now", values: { ":now": number(now / 1000) } };
  await table.update(runKey(runIdOf(item)), { text: "REMOVE #due_shard" }, condition);
}

/** Moves `due_at`, unless it or the run's end was written meanwhile. True when it stands where it was moved to. */
export async function postponeRun(
  table: Table,
  { runId, dueAt: from }: DueRun,
  to: number,
): Promise<boolean> {
  const moved = await table.update(
    runKey(runId),
    { text: "SET #due_at = :to", values: { ":to": number(to) } },
    { text: "attribute_exists(#due_shard) AND #due_at = :from", values: { ":from": number(from) } },
  );
  // After an answer that got lost, the SDK's own repeat finds the condition broken by its first try.
  return moved || (await table.get(runKey(runId)))?.due_at?.N === String(to);
}

async function dueEntries(
  table: Table,
  partition: string,
  dueBy: number,
  limit: number,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  const all = dueBy === Number.POSITIVE_INFINITY;
  const pages = table.query({
    index: DUE_INDEX,
    where: {
      text: all ? "#due_shard = :shard" : "#due_shard = :shard AND #due_at <= :due_by",
      values: { ":shard": text(partition), ...(!all && { ":due_by": number(dueBy) }) },
    },
    pageSize: Math.min(limit, LONGEST_PAGE),
  });
  for await (const page of pages) {
    found.push(...page);
    if (found.length >= limit) break;
  }
  return found;
}

/** A damaged run is held by nobody and waits for nothing: it is to be looked at. */
async function dueRun(item: Item, now: number): Promise<DueRun> {
  // Without one the entry of the index is older than the item, which left it.
  const place = { runId: runIdOf(item), dueAt: Number(item.due_at?.N ?? Number.POSITIVE_INFINITY) };
  return unlessDamaged(
    () => {
      const leaseUntil = readLeaseUntil(item, now);
      const notBefore = readOptionalNumber(item, "not_before");
      return {
        ...place,
        status: readStatus(item),
        ...(leaseUntil !== undefined && { leaseUntil }),
        ...(notBefore !== undefined && { notBefore }),
      };
    },
    (): DueRun => ({ ...place, status: "damaged" }),
  );
}
