import type { JournalEntry } from "../../core/journal.ts";
import { type Lease, LeaseLost } from "../../core/ports/run-store.ts";
import {
  checkLayout,
  type Item,
  type Key,
  keyAttributes,
  number,
  readNumber,
  readText,
  text,
} from "./item.ts";
import { readEntries, runKey } from "./run-item.ts";
import { INLINE_BYTES, type StoredValues } from "./stored-values.ts";
import type { Table } from "./table.ts";

/** Who writes a segment. */
type Writer = Pick<Lease, "runId" | "owner" | "epoch"> & { readonly expiresAt: number };

/** Stores a segment under its number. @throws LeaseLost when the number is taken by another runner. */
export async function appendSegment(
  table: Table,
  values: StoredValues,
  lease: Lease,
  segment: number,
  entries: readonly JournalEntry[],
): Promise<void> {
  const writer = { ...lease, expiresAt: lease.run.expiresAt };
  const item = await segmentItem(writer, segment, entries, values);
  if (await table.putNew(item)) return;
  const taken = await table.get(segmentKey(lease.runId, segment));
  if (taken?.owner?.S !== lease.owner || taken.epoch?.N !== String(lease.epoch))
    throw new LeaseLost(lease.runId, lease.epoch);
}

/**
 * Closes the journal to every earlier lease: an empty segment takes the next number, which a stalled predecessor
 * would use. Gives the segments before it, and the first number behind it.
 */
export async function fenceJournal(
  table: Table,
  values: StoredValues,
  writer: Writer,
): Promise<{ readonly segments: readonly Item[]; readonly next: number }> {
  for (;;) {
    const segments = await journalSegments(table, writer.runId);
    const fence = segmentNumber(segments.at(-1)) + 1;
    const item = { ...(await segmentItem(writer, fence, [], values)), fence: { BOOL: true } };
    if (await table.putNew(item)) return { segments, next: fence + 1 };
  }
}

/**
 * Makes the tail of a failed run a segment of its own, which counts from when the run goes on; once for each failure.
 */
export async function copyTail(table: Table, run: Item): Promise<void> {
  if (run.tail === undefined) return;
  const [runId, finishedBy] = [readText(run, "run_id"), readText(run, "finished_by")];
  for (;;) {
    const last = (await journalSegments(table, runId)).at(-1);
    if (last?.tail_of?.S === finishedBy) return;
    const copied = await table.putNew({
      ...keyAttributes(segmentKey(runId, segmentNumber(last) + 1)),
      owner: text(finishedBy),
      epoch: number(readNumber(run, "epoch")),
      entries: run.tail,
      tail_of: text(finishedBy),
      expires_at: number(readNumber(run, "expires_at")),
    });
    if (copied) return;
  }
}

/** False for the copy of a tail that still stands in the run's item: whoever wanted to redrive it died on the way. */
export function counts(segment: Item, run: Item): boolean {
  return !run.outcome || segment.tail_of === undefined || segment.tail_of.S !== run.finished_by?.S;
}

/** The entries of segments, in their order. @throws FlowError `internal` for a damaged one. */
export async function segmentEntries(
  segments: readonly Item[],
  values: StoredValues,
): Promise<readonly JournalEntry[]> {
  const lists = await Promise.all(
    segments.map((item) => {
      checkLayout(item);
      return readEntries(item, "entries", values);
    }),
  );
  return lists.flat();
}

async function journalSegments(table: Table, runId: string): Promise<readonly Item[]> {
  const where = {
    text: "#pk = :pk AND begins_with(#sk, :segments)",
    values: { ":pk": text(runKey(runId).pk), ":segments": text("seg#") },
  };
  return (await Array.fromAsync(table.query({ where }))).flat();
}

async function segmentItem(
  writer: Writer,
  segment: number,
  entries: readonly JournalEntry[],
  values: StoredValues,
): Promise<Item> {
  const key = segmentKey(writer.runId, segment);
  const { expiresAt } = writer;
  return {
    ...keyAttributes(key),
    owner: text(writer.owner),
    epoch: number(writer.epoch),
    entries: await values.storeJson(entries, { pk: key.pk, inlineBytes: INLINE_BYTES, expiresAt }),
    expires_at: number(expiresAt),
  };
}

function segmentKey(runId: string, segment: number): Key {
  return { pk: runKey(runId).pk, sk: `seg#${String(segment).padStart(6, "0")}` };
}

/** Segments count from 1; 0 stands for an empty journal. */
function segmentNumber(item: Item | undefined): number {
  return item ? Number(readText(item, "sk").slice("seg#".length)) : 0;
}
