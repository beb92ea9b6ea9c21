import { FlowError } from "../../core/flow-error.ts";
import type { JournalEntry } from "../../core/journal.ts";
import { type Lease, LeaseLost } from "../../core/ports/run-store.ts";
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
  unlessDamaged,
} from "./item.ts";
import { readEntries, runIdOf, runKey } from "./run-item.ts";
import { INLINE_BYTES, type StoredValues } from "./stored-values.ts";
import type { Table } from "./table.ts";

// Six digits keep the segments in order.
const MOST_SEGMENTS = 999_999;

/** Who writes a segment. */
type Writer = Pick<Lease, "runId" | "owner" | "epoch"> & { readonly expiresAt: number };

/** The last segment that is known to be stored, by lease. */
const lastStored = new WeakMap<Lease, number>();

/** Keeps that a segment is stored: what ends the lease notes it, so that its loss does not go unseen. */
export function noteStored(lease: Lease, segment: number): void {
  lastStored.set(lease, Math.max(segment, lastStored.get(lease) ?? 0));
}

/** Attribute with the number of segments that there must be at least; nothing where none is known. */
export function storedSegments(lease: Lease): Item {
  const last = lastStored.get(lease);
  return last ? { segments: number(last) } : {};
}

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
  if (!(await table.putNew(item))) {
    const taken = await table.get(segmentKey(lease.runId, segment));
    if (taken?.owner?.S !== lease.owner || taken.epoch?.N !== String(lease.epoch))
      throw new LeaseLost(lease.runId, lease.epoch);
  }
  noteStored(lease, segment);
}

/**
 * Closes the journal to every earlier lease: an empty segment takes the next number, which a stalled predecessor
 * would use. Gives the segments before it, and its number. @throws FlowError `internal` for a journal with a hole,
 * LeaseLost where a later lease has been at work already.
 */
export async function fenceJournal(
  table: Table,
  values: StoredValues,
  writer: Writer,
  run: Item,
): Promise<{ readonly segments: readonly Item[]; readonly fence: number }> {
  const read = async () => {
    const segments = await journalSegments(table, writer.runId);
    await checkLatest(table, writer, segments);
    checkNumbering(run, segments);
    return segments;
  };
  for (;;) {
    // What a predecessor wrote while the first look was under way may be there in part; a second one finds all of it.
    const segments = await unlessDamaged(read, read);
    const fence = segments.length + 1;
    const item = await fenceItem(writer, fence, values);
    if (await table.putNew(item)) return { segments, fence };
  }
}

/** Whoever sleeps between its claim and its fence may be too late for both; a claim that never was is another matter. */
async function checkLatest(table: Table, { runId, epoch }: Writer, segments: readonly Item[]): Promise<void> {
  if (!segments.some((segment) => Number(segment.epoch?.N) > epoch)) return;
  const run = await table.get(runKey(runId));
  if (Number(run?.epoch?.N) > epoch) throw new LeaseLost(runId, epoch);
}

/** As {@link fenceJournal}, for a run of which nothing is to be loaded. */
export async function fenceUnread(table: Table, values: StoredValues, writer: Writer): Promise<void> {
  for (;;) {
    const segments = await journalSegments(table, writer.runId, ["sk", "epoch"]);
    await checkLatest(table, writer, segments);
    if (await table.putNew(await fenceItem(writer, numberAfter(segments), values))) return;
  }
}

/**
 * Makes the tail of a failed run a segment of its own, which counts from when the run goes on; once for each failure.
 */
export async function copyTail(table: Table, run: Item): Promise<void> {
  if (run.tail === undefined) return;
  const [runId, finishedBy] = [runIdOf(run), readText(run, "finished_by")];
  for (;;) {
    const segments = await journalSegments(table, runId);
    // Whoever comes late may find it far from the end: the run went on, and failed again.
    if (segments.some(({ tail_of }) => tail_of?.S === finishedBy)) return;
    const copied = await table.putNew({
      ...keyAttributes(segmentKey(runId, numberAfter(segments))),
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

/**
 * Looks whether all segments of a run are there, given its item: they are numbered from 1 without a gap, at least as far
 * as the last lease that was let go had noted, and none is of an earlier claim than the one before it.
 * @throws FlowError `internal` naming the segment that is missing or cannot be.
 */
export function checkNumbering(run: Item, segments: readonly Item[]): void {
  if (readFlag(run, "rewritten")) return;
  let epoch = 1;
  for (const [index, segment] of segments.entries()) {
    const found = segmentNumber(segment);
    if (found !== index + 1) throw missing(run, index + 1, `the next one is ${found}`);
    if (readNumber(segment, "epoch") < epoch)
      throw damaged(segment, `has ${readNumber(segment, "epoch")} in "epoch", behind a segment of ${epoch}`);
    epoch = readNumber(segment, "epoch");
  }
  const least = readOptionalNumber(run, "segments") ?? 0;
  if (segments.length < least) throw missing(run, segments.length + 1, `there were ${least}`);
  if (epoch > Math.max(1, readNumber(run, "epoch")))
    throw damaged(run, `has ${readNumber(run, "epoch")} in "epoch", but its journal goes up to ${epoch}`);
}

/** The entries of each of some segments. @throws FlowError `internal` for a damaged one. */
export function segmentEntries(
  segments: readonly Item[],
  values: StoredValues,
): Promise<(readonly JournalEntry[])[]> {
  return Promise.all(
    segments.map((item) => {
      checkLayout(item);
      return readEntries(item, "entries", values);
    }),
  );
}

/** Whether a claim of this epoch or a later one stored entries. Nothing of them is loaded. */
export async function hasStoredSince(table: Table, runId: string, epoch: number): Promise<boolean> {
  const segments = await journalSegments(table, runId, ["epoch", "fence"]);
  return segments.some((segment) => readNumber(segment, "epoch") >= epoch && !readFlag(segment, "fence"));
}

async function journalSegments(
  table: Table,
  runId: string,
  attributes?: readonly string[],
): Promise<readonly Item[]> {
  const where = {
    text: "#pk = :pk AND begins_with(#sk, :segments)",
    values: { ":pk": text(runKey(runId).pk), ":segments": text("seg#") },
  };
  return (await Array.fromAsync(table.query({ where, ...(attributes && { attributes }) }))).flat();
}

async function segmentItem(
  writer: Writer,
  segment: number,
  entries: readonly JournalEntry[],
  values: StoredValues,
): Promise<Item> {
  if (segment > MOST_SEGMENTS)
    throw new FlowError("invalid_input", `the run's journal is full: it has ${MOST_SEGMENTS} segments`);
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

async function fenceItem(writer: Writer, segment: number, values: StoredValues): Promise<Item> {
  return { ...(await segmentItem(writer, segment, [], values)), fence: { BOOL: true } };
}

function numberAfter(segments: readonly Item[]): number {
  const last = segments.at(-1);
  return last ? segmentNumber(last) + 1 : 1;
}

function segmentKey(runId: string, segment: number): Key {
  return { pk: runKey(runId).pk, sk: `seg#${String(segment).padStart(6, "0")}` };
}

/** The number of a segment, from 1. @throws FlowError `internal` for an item that has none. */
export function segmentNumber(item: Item): number {
  const digits = readText(item, "sk").slice("seg#".length);
  if (!/^\d+$/.test(digits)) throw damaged(item, "is no segment: their numbers have digits only");
  return Number(digits);
}

function missing(run: Item, segment: number, why: string): Error {
  const { pk, sk } = segmentKey(runIdOf(run), segment);
  return damaged({ pk: text(pk), sk: text(sk) }, `is missing: the journal has a hole, ${why}`);
}
