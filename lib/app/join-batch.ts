import { FlowError, toFlowError } from "../core/flow-error.ts";
import { formatJson, type Json } from "../core/json.ts";
import type { BatchItem, BatchSpot, NamedBatch } from "../core/ports/batch-store.ts";
import type { NamedRun } from "../core/ports/deliveries.ts";
import type { StoredEvent } from "../core/run.ts";
import type { BatchRule, InputEntry } from "../core/workflow.ts";
import type { Handled } from "./handled.ts";
import type { DedupeWord } from "./name-delivery.ts";
import { type Accepting, storeEvent } from "./store-event.ts";
import { keptSeconds } from "./timings.ts";

/** A delivery that shares a run with others of its key. */
export interface BatchedDelivery {
  readonly event: StoredEvent;
  readonly body: Json;
  readonly run: NamedRun;
  readonly dedupe: DedupeWord;
  readonly key?: string | undefined;
}

// Each failure means that a batch was closed meanwhile, or was named by others.
const TRIES = 10;

/**
 * Puts a delivery into the batch of its key, and answers its sender. What may come again is told where it goes before it goes there: of all who
 * put it, one does. @throws FlowError when the store cannot be reached, or batches come and go too fast.
 */
export async function joinBatch(
  ingest: Accepting,
  entry: InputEntry,
  rule: BatchRule,
  { event, body, run, dedupe, key = "" }: BatchedDelivery,
): Promise<Handled> {
  const { batches } = ingest.store;
  const item = { id: run.runId, body: formatJson(body), request: event.request };
  const expiresAt = Math.ceil((ingest.clock.now() + rule.seconds * 1000) / 1000) + keptSeconds(entry);
  const mayComeAgain = dedupe === "new" || dedupe === "duplicate";
  let spot = dedupe === "duplicate" ? await batches.spotOf(item.id) : undefined;
  let before: BatchSpot | undefined;
  for (let tries = 0; tries < TRIES; tries++) {
    if (!spot) {
      spot = await takeSpot(ingest, entry, rule, key, item, event);
      if (mayComeAgain) spot = await batches.settle(item.id, spot, before, expiresAt);
    }
    if (await batches.put(spot, item, expiresAt)) return accepted(ingest, entry, rule, spot, dedupe, event);
    before = spot;
    spot = undefined;
  }
  throw comeAndGo();
}

async function takeSpot(
  ingest: Accepting,
  entry: InputEntry,
  rule: BatchRule,
  key: string,
  item: BatchItem,
  event: StoredEvent,
): Promise<BatchSpot> {
  const { store, clock, random, queue } = ingest;
  const place = { workflow: entry.name, key };
  const bytes = Buffer.byteLength(item.body) + Buffer.byteLength(formatJson({ ...item.request }));
  let past: string | undefined;
  for (let tries = 0; tries < TRIES; tries++) {
    const now = clock.now();
    let batch = await store.batches.current(place);
    if (!batch || batch.runId === past || batch.closesAt <= now) {
      const next: NamedBatch = {
        runId: random.timeOrderedUuid(now),
        createdAt: now,
        closesAt: now + rule.seconds * 1000,
      };
      batch = await store.batches.name(place, next, batch?.runId, expiryOf(next, entry));
    }
    const { runId } = batch;
    const request = { now, bytes, mostBytes: ingest.maxBodyBytes };
    let taken = await store.batches.takeNumber(runId, request);
    if (taken === "unopened") {
      await make(ingest, entry, rule, batch, event);
      taken = await store.batches.takeNumber(runId, request);
    }
    if (typeof taken === "number") return { runId, number: taken };
    if (taken === "full") {
      await store.batches.close(runId, expiryOf(batch, entry));
      await queue.send({ runId });
    }
    past = runId;
  }
  throw comeAndGo();
}

/** Whoever named the batch may have died: of all who find its run not made, all make the same one. */
async function make(
  ingest: Accepting,
  entry: InputEntry,
  { size }: BatchRule,
  batch: NamedBatch,
  event: StoredEvent,
): Promise<void> {
  const { runId, createdAt, closesAt } = batch;
  const nothingYet = { ...event, body: new TextEncoder().encode("[]"), contentType: "application/json" };
  const waitMs = Math.max(0, closesAt - ingest.clock.now());
  await storeEvent(ingest, entry, nothingYet, {
    runId,
    now: createdAt,
    later: { at: closesAt, waitMs },
    batch: {},
  });
  await ingest.store.batches.open(batch, size, expiryOf(batch, entry));
}

async function accepted(
  ingest: Accepting,
  { name }: InputEntry,
  { size }: BatchRule,
  { runId, number }: BatchSpot,
  dedupe: DedupeWord,
  { body }: StoredEvent,
): Promise<Handled> {
  const { log, queue, store } = ingest;
  if (number === size) {
    try {
      await queue.send({ runId });
    } catch (thrown) {
      // It begins when its time is over.
      const { message } = toFlowError(thrown);
      log.write({ level: "warn", message: `a full batch waits: ${message}`, fields: { run_id: runId } });
    }
  }
  log.write({
    level: "info",
    message: "event accepted into a batch",
    fields: { run_id: runId, workflow: name, number, bytes: body.length },
  });
  const status = (dedupe === "duplicate" && (await store.status(runId))) || "queued";
  const outcome = dedupe === "duplicate" ? "duplicate" : "batched";
  return {
    answer: { status: 202, body: { run_id: runId, dedupe, status, batch: { number } } },
    receipt: { outcome, reason: outcome, runId },
  };
}

function expiryOf({ closesAt }: NamedBatch, entry: InputEntry): number {
  return Math.floor(closesAt / 1000) + keptSeconds(entry);
}

function comeAndGo(): FlowError {
  return new FlowError("server_error", "the batches of a key come and go");
}
