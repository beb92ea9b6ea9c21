import type { WriteRequest } from "@aws-sdk/client-dynamodb";
import { eachOf } from "../../core/each-of.ts";
import { type Finish, type Lease, LeaseLost, type Release } from "../../core/ports/run-store.ts";
import type { StoredEvent } from "../../core/run.ts";
import { listedError } from "../listed-error.ts";
import { assignments } from "./assignments.ts";
import { blobKeys } from "./blobs.ts";
import { blankedBatchItem } from "./dynamo-batch-store.ts";
import { duePartition } from "./index-shards.ts";
import { type Item, keyOf, number, text } from "./item.ts";
import { runKey, runPlacement } from "./run-item.ts";
import { storedSegments } from "./segments.ts";
import { RUN_INLINE_BYTES, RUN_SMALL_INLINE_BYTES, type StoredValues } from "./stored-values.ts";
import type { Table } from "./table.ts";

const WRITES_AT_ONCE = 25;
const HELD = "#epoch = :epoch AND #lease_owner = :owner AND attribute_not_exists(#damage)";

/** Ends the lease, not the run. @throws LeaseLost */
export async function releaseRun(
  table: Table,
  values: StoredValues,
  lease: Lease,
  release: Release,
): Promise<void> {
  const { expiresAt } = release;
  if (expiresAt !== undefined) await keepUntil(table, lease.runId, expiresAt);
  await endLease(table, lease, "released_by", {
    status: text(release.status),
    not_before: release.notBefore === undefined ? undefined : number(release.notBefore),
    due_at: number(release.dueAt),
    spent_ms: number(release.spentMs),
    spent_usd: number(release.costUsd),
    failures: number(release.failures),
    error:
      release.error &&
      (await values.storeJson(release.error, runPlacement(lease.run, RUN_SMALL_INLINE_BYTES))),
    // The sweeper may have taken the run out of its index, for the time at which it would have expired.
    ...(expiresAt !== undefined && {
      expires_at: number(expiresAt),
      due_shard: text(duePartition(lease.runId)),
    }),
  });
}

/** Makes what a batch holds the event of its run. @throws LeaseLost */
export async function fillRun(
  table: Table,
  values: StoredValues,
  lease: Lease,
  event: StoredEvent,
  events: number,
): Promise<void> {
  const stored = await eventAttributes(event, values, lease);
  const filled = assignments({ ...stored, batch_events: number(events) });
  const isFilled = await table.update(
    runKey(lease.runId),
    { text: `SET ${filled.set.join(", ")}`, values: filled.values },
    { text: HELD, values: holder(lease) },
  );
  if (!isFilled) throw new LeaseLost(lease.runId, lease.epoch);
}

/** Writes the final status and takes the run out of the `due` index. @throws LeaseLost */
export async function finishRun(
  table: Table,
  values: StoredValues,
  lease: Lease,
  finish: Finish,
): Promise<void> {
  const store = (value: unknown, inlineBytes = RUN_INLINE_BYTES) =>
    values.storeJson(value, runPlacement(lease.run, inlineBytes));
  const { error, reason, output, history } = finish;
  const tail = history?.journal ?? finish.tail;
  const listed = error && listedError(error);
  const [storedError, storedReason, storedOutput, storedTail] = await Promise.all([
    error && store(error, RUN_SMALL_INLINE_BYTES),
    reason === undefined ? undefined : store(reason, RUN_SMALL_INLINE_BYTES),
    output === undefined ? undefined : store(output),
    tail.length === 0 ? undefined : store(tail),
  ]);
  await endLease(table, lease, "finished_by", {
    status: text(finish.status),
    outcome: text(finish.status),
    finished_at: number(finish.finishedAt),
    spent_ms: number(finish.spentMs),
    cost_usd: number(finish.costUsd),
    error: storedError,
    error_class: listed && text(listed.class),
    error_message: listed && text(listed.message),
    reason: storedReason,
    output: storedOutput,
    tail: storedTail,
    not_before: undefined,
    due_shard: undefined,
    due_at: undefined,
    // Tells readers that no segment counts any longer.
    ...(history && { rewritten: { BOOL: true } }),
    ...(history?.event && (await eventAttributes(history.event, values, lease))),
  });
  if (history) await removeReplaced(table, lease.runId);
}

/** The event's attributes once more. */
async function eventAttributes(event: StoredEvent, values: StoredValues, lease: Lease): Promise<Item> {
  return {
    body: await values.storeBytes(event.body, runPlacement(lease.run)),
    content_type: text(event.contentType),
    request: await values.storeJson(event.request, runPlacement(lease.run, RUN_SMALL_INLINE_BYTES)),
  };
}

/** Moves the expiry of a run's segments and chunks; one that was deleted meanwhile stays so. */
export async function keepUntil(table: Table, runId: string, expiresAt: number): Promise<void> {
  const items = await itemsOf(table, runId);
  const keys = items.flatMap(({ pk, sk }) =>
    pk?.S && sk?.S && sk.S !== "run" ? [{ pk: pk.S, sk: sk.S }] : [],
  );
  const change = { text: "SET #expires_at = :expires_at", values: { ":expires_at": number(expiresAt) } };
  await eachOf(keys, WRITES_AT_ONCE, (key) => table.update(key, change, { text: "attribute_exists(#pk)" }));
}

/**
 * Deletes what a blanked history has replaced: segments, and chunks that the run's item does not refer to any more.
 * Fences stay, so that a stalled runner still finds the number of its next segment taken.
 */
export async function removeReplaced(table: Table, runId: string): Promise<void> {
  const items = await itemsOf(table, runId);
  const kept = new Set(items.filter(({ sk }) => sk?.S === "run").flatMap(blobKeys));
  const requests = items.flatMap((item): readonly WriteRequest[] => {
    const { pk, sk, fence } = item;
    if (!pk?.S || !sk?.S || sk.S === "run" || fence?.BOOL || kept.has(sk.S)) return [];
    const blanked = blankedBatchItem(item);
    if (blanked) return [{ PutRequest: { Item: blanked } }];
    return [{ DeleteRequest: { Key: keyOf({ pk: pk.S, sk: sk.S }) } }];
  });
  await table.writeMany(requests);
}

/** Everything that is stored of a run. */
async function itemsOf(table: Table, runId: string): Promise<readonly Item[]> {
  const where = { text: "#pk = :pk", values: { ":pk": text(runKey(runId).pk) } };
  return (await Array.fromAsync(table.query({ where }))).flat();
}

/** Ends whatever lease holds. No owner stays behind where somebody stopped the stack: the run is not to blame for it. */
export async function seizeRun(table: Table, runId: string, died: boolean): Promise<void> {
  await table.update(
    runKey(runId),
    died
      ? { text: "SET #lease_until = :over", values: { ":over": number(0) } }
      : { text: "REMOVE #lease_owner, #lease_until, #alone" },
    { text: `attribute_exists(${died ? "#lease_owner" : "#pk"}) AND attribute_not_exists(#outcome)` },
  );
}

/** Sets attributes (undefined removes one) and drops the lease; its owner signs, to know the write again. */
async function endLease(
  table: Table,
  lease: Lease,
  signature: "released_by" | "finished_by",
  changes: { readonly [name: string]: Item[string] | undefined },
): Promise<void> {
  const attributes: Record<string, Item[string]> = {};
  const remove = ["#lease_owner", "#lease_until", "#alone"];
  for (const [name, value] of Object.entries({ ...changes, ...storedSegments(lease) })) {
    if (value === undefined) remove.push(`#${name}`);
    else attributes[name] = value;
  }
  const { set, values } = assignments(attributes);
  const ended = await table.update(
    runKey(lease.runId),
    { text: `SET #${signature} = :owner, ${set.join(", ")} REMOVE ${remove.join(", ")}`, values },
    { text: HELD, values: holder(lease) },
  );
  if (ended) return;
  const found = await table.get(runKey(lease.runId));
  if (found?.[signature]?.S !== lease.owner) throw new LeaseLost(lease.runId, lease.epoch);
}

function holder({ epoch, owner }: Lease): Item {
  return { ":epoch": number(epoch), ":owner": text(owner) };
}
