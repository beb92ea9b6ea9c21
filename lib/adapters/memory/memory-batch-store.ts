import type { BatchItem, BatchSpot, BatchStore, NamedBatch } from "../../core/ports/batch-store.ts";
import { EARLY_CLAIM_MS } from "../claim-refusal.ts";

interface KeptBatch {
  count: number;
  bytes: number;
  size: number;
  closesAt: number;
  closed: boolean;
  /** By number; undefined: it will never be used. */
  readonly items: Map<number, BatchItem | undefined>;
}

/** Batches in this process's memory: the same promises as the durable ones. */
export function createMemoryBatchStore(): BatchStore {
  const names = new Map<string, NamedBatch>();
  const batches = new Map<string, KeptBatch>();
  const spots = new Map<string, BatchSpot>();
  const isSame = (a: BatchSpot | undefined, b: BatchSpot | undefined) =>
    a?.runId === b?.runId && a?.number === b?.number;
  const closedOne = (): KeptBatch => ({
    count: 0,
    bytes: 0,
    size: 0,
    closesAt: 0,
    closed: true,
    items: new Map(),
  });
  return {
    current: async ({ workflow, key }) => names.get(JSON.stringify([workflow, key])),
    async name({ workflow, key }, batch, before) {
      const place = JSON.stringify([workflow, key]);
      const known = names.get(place);
      if (known && known.runId !== before) return known;
      names.set(place, batch);
      return batch;
    },
    async open({ runId, closesAt }, size) {
      if (!batches.has(runId)) batches.set(runId, { ...closedOne(), size, closesAt, closed: false });
    },
    async takeNumber(runId, { now, bytes, mostBytes }) {
      const batch = batches.get(runId);
      if (!batch) return "unopened";
      if (batch.closed || batch.count >= batch.size || batch.closesAt <= now) return "closed";
      if (batch.count > 0 && batch.bytes + bytes > mostBytes) return "full";
      batch.count += 1;
      batch.bytes += bytes;
      return batch.count;
    },
    async put({ runId, number }, item) {
      const items = batches.get(runId)?.items ?? new Map<number, BatchItem | undefined>();
      if (!items.has(number)) items.set(number, item);
      return items.get(number)?.id === item.id;
    },
    async settle(id, spot, before) {
      const known = spots.get(id);
      if (known && !isSame(known, before)) return known;
      spots.set(id, spot);
      return spot;
    },
    spotOf: async (id) => spots.get(id),
    async close(runId, _expiresAt, now) {
      const batch = batches.get(runId) ?? closedOne();
      batches.set(runId, batch);
      const { count, size, closesAt, closed } = batch;
      if (!closed && now !== undefined && count < size && closesAt > now + EARLY_CLAIM_MS)
        return { kind: "open", until: closesAt };
      batch.closed = true;
      return { kind: "closed", count };
    },
    async items(runId, count) {
      const items = batches.get(runId)?.items ?? new Map<number, BatchItem | undefined>();
      const numbers = Array.from({ length: count }, (_, index) => index + 1);
      for (const number of numbers) if (!items.has(number)) items.set(number, undefined);
      return numbers.flatMap((number) => items.get(number) ?? []);
    },
  };
}
