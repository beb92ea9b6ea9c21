import { readEvent } from "../../core/event-body.ts";
import { FlowError } from "../../core/flow-error.ts";
import type { JournalEntry } from "../../core/journal.ts";
import {
  type Claim,
  type ClaimResult,
  type DamagedRun,
  type Finish,
  type KeptVersion,
  type Lease,
  LeaseLost,
  type Redrive,
  type RedriveResult,
  type Release,
  type RunQuery,
  type RunStore,
} from "../../core/ports/run-store.ts";
import { isFinal, type NewRun, type RunRecord, type RunSummary } from "../../core/run.ts";
import type { Workflow } from "../../core/workflow.ts";
import { claimRefusal, LOADS_FOR_THE_LAST_TIME, MOST_DEATHS_ALONE } from "../claim-refusal.ts";
import { listedError } from "../listed-error.ts";
import { pageOf } from "../page-of.ts";
import { createMemoryBatchStore } from "./memory-batch-store.ts";
import { createMemoryLoopStore } from "./memory-loop-store.ts";

/** A segment and who wrote it. */
interface Segment {
  readonly owner: string;
  readonly epoch: number;
  readonly entries: readonly JournalEntry[];
}

/** A run as it is kept; segment n lies at index n − 1. */
interface StoredRun {
  run: Omit<RunRecord, "journal">;
  segments: Segment[];
  tail: readonly JournalEntry[];
  leaseOwner?: string | undefined;
  leaseUntil?: number | undefined;
  previousOwner?: string | undefined;
  /** Claims with the run alone in its process since it was last let go of. */
  alone: number;
  /** How the last lease ended, and whose it was. */
  lastEnd?: string;
}

/** Runs in this process's memory: the same promises as the durable store, for `run` and for tests. */
export function createMemoryRunStore({ now = Date.now }: { readonly now?: () => number } = {}): RunStore {
  const runs = new Map<string, StoredRun>();
  const versions = new Map<string, { readonly workflow: Workflow; readonly kept: KeptVersion }>();
  const loops = createMemoryLoopStore();
  const alive = () => [...runs.values()].filter(({ run }) => run.expiresAt > now() / 1000);
  const listed = (query: RunQuery) =>
    alive()
      .map(({ run }) => run)
      .filter((run) => !run.chunk && isAsked(run, query))
      .sort((a, b) => (a.runId < b.runId ? 1 : -1))
      .slice(0, query.limit)
      .map(summaryOf);
  const held = (lease: Lease): StoredRun => {
    const stored = runs.get(lease.runId);
    if (stored?.run.epoch !== lease.epoch || stored.leaseOwner !== lease.owner)
      throw new LeaseLost(lease.runId, lease.epoch);
    return stored;
  };

  return {
    loops,
    batches: createMemoryBatchStore(),
    async fill(lease, event, events) {
      const stored = held(lease);
      stored.run = { ...stored.run, event, batch: { events } };
    },
    async create(run) {
      const taken = runs.get(run.runId)?.run;
      if (!taken) runs.set(run.runId, { run: newRecord(run), segments: [], tail: [], alone: 0 });
      else if (taken.workflow !== run.workflow || taken.createdAt !== run.createdAt)
        throw new FlowError("internal", `run id ${run.runId} is taken by another run`);
    },
    async discard(runId) {
      if (runs.get(runId)?.run.epoch === 0) runs.delete(runId);
      return !runs.has(runId);
    },
    async claim(runId, claim) {
      const stored = runs.get(runId);
      return stored ? claimStored(stored, claim) : { kind: "missing" };
    },
    async append(lease, segment, entries) {
      const segments = runs.get(lease.runId)?.segments;
      const taken = segments?.[segment - 1];
      const ours = taken?.owner === lease.owner && taken.epoch === lease.epoch;
      if (!segments || (taken && !ours)) throw new LeaseLost(lease.runId, lease.epoch);
      if (!taken) segments[segment - 1] = { owner: lease.owner, epoch: lease.epoch, entries };
    },
    async release(lease, release) {
      const end = `release ${lease.owner}`;
      if (runs.get(lease.runId)?.lastEnd === end) return;
      const stored = held(lease);
      stored.run = released(stored.run, release);
      endLease(stored, end);
    },
    async finish(lease, finish) {
      const end = `finish ${lease.owner}`;
      if (runs.get(lease.runId)?.lastEnd === end) return;
      const stored = held(lease);
      stored.run = finished(stored.run, finish);
      stored.tail = finish.history?.journal ?? finish.tail;
      // Their numbers stay taken: a stalled runner's next append must find its own so.
      if (finish.history) {
        stored.segments = stored.segments.map((segment) => ({ ...segment, entries: [] }));
        loops.forget(lease.runId);
      }
      endLease(stored, end);
    },
    async redrive(runId, redrive) {
      const stored = runs.get(runId);
      return stored ? redriveStored(stored, redrive) : { kind: "missing" };
    },
    async nameReplay(runId, { nth, replayId, now: at }) {
      const stored = runs.get(runId);
      if (!stored) return undefined;
      const { replays = [], expiresAt } = stored.run;
      if (replays.length !== nth - 1 || expiresAt <= at / 1000) return replays[nth - 1];
      stored.run = { ...stored.run, replays: [...replays, replayId] };
      return replayId;
    },
    async failDamaged({ runId, error, epoch }, finishedAt) {
      const end = `damaged ${finishedAt}`;
      const stored = runs.get(runId);
      if (stored?.lastEnd === end) return true;
      const isTaken = epoch !== undefined && stored?.run.epoch !== epoch;
      if (!stored || isTaken || isFinal(stored.run.status)) return false;
      stored.run = { ...stored.run, status: "failed", finishedAt, error, dueAt: Number.POSITIVE_INFINITY };
      endLease(stored, end);
      return true;
    },
    async get(runId) {
      const stored = alive().find(({ run }) => run.runId === runId);
      return stored && record(stored);
    },
    async status(runId) {
      return alive().find(({ run }) => run.runId === runId)?.run.status;
    },
    async summary(runId) {
      const stored = alive().find(({ run }) => run.runId === runId);
      return stored && summaryOf(stored.run);
    },
    list: async (query) => listed(query),
    page: async (query) => pageOf(listed({ ...query, limit: query.limit + 1 }), query.limit),
    async due(dueBy, limit) {
      return alive()
        .filter(({ run }) => !isFinal(run.status) && run.dueAt <= dueBy)
        .sort((a, b) => a.run.dueAt - b.run.dueAt)
        .slice(0, limit)
        .map(({ run: { runId, dueAt, status, notBefore }, leaseUntil }) => ({
          runId,
          dueAt,
          status,
          ...(leaseUntil !== undefined && { leaseUntil }),
          ...(notBefore !== undefined && { notBefore }),
        }));
    },
    async postpone({ runId, dueAt: from }, to) {
      const stored = runs.get(runId);
      if (!stored || isFinal(stored.run.status)) return false;
      if (stored.run.dueAt === from) stored.run = { ...stored.run, dueAt: to };
      return stored.run.dueAt === to;
    },
    async seize(runId, died) {
      const stored = runs.get(runId);
      if (!stored || isFinal(stored.run.status)) return;
      if (died) stored.leaseUntil = stored.leaseOwner === undefined ? undefined : 0;
      else Object.assign(stored, { leaseOwner: undefined, leaseUntil: undefined, alone: 0 });
    },
    async putVersion(workflow, before) {
      const { name, hash, version: label } = workflow;
      const key = `${name}#${hash}`;
      if (versions.has(key)) return;
      const kept = {
        hash,
        keptAt: now(),
        ...(label !== undefined && { label }),
        ...(before !== undefined && { before }),
      };
      versions.set(key, { workflow, kept });
    },
    async getVersion(name, hash) {
      return versions.get(`${name}#${hash}`)?.workflow;
    },
    async versionsLike(name, prefix) {
      return [...versions.values()].flatMap(({ workflow, kept }) =>
        workflow.name === name && kept.hash.startsWith(prefix) ? [kept] : [],
      );
    },
  };
}

function newRecord({ droppedFor: reason, ...run }: NewRun): StoredRun["run"] {
  const record = { ...run, attempt: 0, epoch: 0, failures: 0, spentMs: 0, costUsd: 0 };
  if (reason === undefined) return { ...record, status: "queued" };
  const { createdAt: finishedAt } = run;
  return { ...record, status: "dropped", reason, finishedAt, dueAt: Number.POSITIVE_INFINITY };
}

function claimStored(stored: StoredRun, claim: Claim): ClaimResult {
  const { run, leaseOwner, leaseUntil } = stored;
  const { notBefore, expiresAt, status } = run;
  if (leaseOwner === claim.owner) return claimed(stored, claim.owner);
  const refusal = claimRefusal({ status, leaseUntil, notBefore, expiresAt }, claim);
  if (refusal) return refusal;
  stored.previousOwner = leaseOwner;
  stored.leaseOwner = claim.owner;
  stored.leaseUntil = claim.leaseUntil;
  const begun = {
    status: "running",
    attempt: run.attempt + 1,
    startedAt: run.startedAt ?? claim.now,
  } as const;
  stored.run = { ...run, epoch: run.epoch + 1, ...(!claim.evicts && begun) };
  if (!claim.evicts && !claim.inCompany) stored.alone += 1;
  const isStuck = !claim.evicts && stored.alone > MOST_DEATHS_ALONE;
  if (isStuck && entriesSince(stored, stored.run.epoch - MOST_DEATHS_ALONE).length === 0) {
    fence(stored, claim.owner);
    return { kind: "damaged", run: tooMuch(stored.run) };
  }
  return claimed(stored, claim.owner);
}

function tooMuch({ runId, epoch, parent, chunk }: StoredRun["run"]): DamagedRun {
  const message = `run ${runId} ${LOADS_FOR_THE_LAST_TIME}`;
  const error = { step: null, class: "internal", message, details: {} } as const;
  return { runId, epoch, error, ...(parent && { parent }), ...(chunk && { chunk }) };
}

/** What the claims of an epoch and of later ones stored. */
function entriesSince({ segments }: StoredRun, epoch: number): readonly JournalEntry[] {
  return segments.filter((segment) => segment.epoch >= epoch).flatMap(({ entries }) => entries);
}

/** The journal as it is now, closed to earlier leases by an empty segment when there were any. */
function claimed(stored: StoredRun, owner: string): ClaimResult {
  const { runId, epoch } = stored.run;
  const whole = record(stored);
  const run = { ...whole, event: readEvent(whole.event) };
  const afterDeath = stored.previousOwner !== undefined;
  const leftBehind = afterDeath ? entriesSince(stored, epoch - 1) : [];
  if (epoch > 1) fence(stored, owner);
  return {
    kind: "claimed",
    lease: { runId, owner, epoch, run },
    run,
    nextSegment: stored.segments.length + 1,
    afterDeath,
    diedAlone: afterDeath && stored.alone > 1,
    leftBehind,
  };
}

/** An empty segment takes the number that a stalled predecessor would use next. */
function fence({ segments, run: { epoch } }: StoredRun, owner: string): void {
  segments.push({ owner, epoch, entries: [] });
}

function released(run: StoredRun["run"], release: Release): StoredRun["run"] {
  const { error: _error, notBefore: _notBefore, ...rest } = run;
  return { ...rest, ...release };
}

function finished(run: StoredRun["run"], { tail: _tail, history, ...finish }: Finish): StoredRun["run"] {
  const { error: _error, notBefore: _notBefore, ...rest } = run;
  const event = history?.event ?? run.event;
  const blanked = history && ({ blanked: true } as const);
  return { ...rest, ...finish, event, ...blanked, dueAt: Number.POSITIVE_INFINITY };
}

function redriveStored(stored: StoredRun, redrive: Redrive): RedriveResult {
  const { nth, entries, now, dueAt, expiresAt, keepsUnknown } = redrive;
  const { run, segments, tail } = stored;
  const { redrives = [] } = run;
  if (run.expiresAt <= now / 1000) return { kind: "missing" };
  if (redrives.length >= nth) return { kind: "redriven" };
  if (run.status !== "failed") return { kind: "not_failed", status: run.status };
  if (run.blanked) return { kind: "blanked" };
  if (redrives.length !== nth - 1)
    throw new FlowError(
      "internal",
      `run ${run.runId} was redriven ${redrives.length} times: the next is not ${nth}`,
    );
  if (tail.length > 0) segments.push({ owner: "", epoch: run.epoch, entries: tail });
  stored.tail = [];
  const { finishedAt: _at, error: _error, reason: _reason, output: _output, ...rest } = run;
  stored.run = {
    ...rest,
    status: "queued",
    failures: 0,
    spentMs: 0,
    dueAt,
    expiresAt: Math.max(run.expiresAt, expiresAt),
    redrives: [...redrives, { at: now, entries, ...(keepsUnknown && { keepsUnknown }) }],
  };
  return { kind: "redriven" };
}

function endLease(stored: StoredRun, end: string): void {
  stored.leaseOwner = undefined;
  stored.leaseUntil = undefined;
  stored.alone = 0;
  stored.lastEnd = end;
}

function record({ run, segments, tail }: StoredRun): RunRecord {
  return { ...run, journal: [...segments.flatMap(({ entries }) => entries), ...tail] };
}

function isAsked(run: StoredRun["run"], query: RunQuery): boolean {
  const { workflows, status, errorClass, until, since, after } = query;
  return (
    workflows.includes(run.workflow) &&
    run.createdAt <= until &&
    run.createdAt >= since &&
    (after === undefined || run.runId < after.runId) &&
    (status === undefined || run.status === status) &&
    (errorClass === undefined || run.error?.class === errorClass)
  );
}

function summaryOf(run: StoredRun["run"]): RunSummary {
  const { runId, workflow, hash, status, createdAt, finishedAt, costUsd, error } = run;
  return {
    runId,
    workflow,
    hash,
    status,
    createdAt,
    ...(finishedAt !== undefined && { finishedAt }),
    costUsd,
    ...(error && { error: listedError(error) }),
  };
}
