import type { BlankedHistory } from "../blank-history.ts";
import type { ErrorClass } from "../flow-error.ts";
import type { JournalEntry, RunError } from "../journal.ts";
import type { Json } from "../json.ts";
import type {
  ChunkLink,
  ClaimedRun,
  FinalStatus,
  NewRun,
  ParentLink,
  RunRecord,
  RunStatus,
  RunSummary,
  StoredEvent,
  StoredStatus,
} from "../run.ts";
import type { Workflow } from "../workflow.ts";
import type { BatchStore } from "./batch-store.ts";
import type { LoopStore } from "./loop-store.ts";

/** Who asks for a run, and for how long. */
export interface Claim {
  /** Unique for each claim, so that a claim whose answer was lost is recognised. */
  readonly owner: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly leaseUntil: number;
  /**
   * Other runs are executed in the same process: a run whose last process died is left as it is. Without this the claim says
   * that the run is alone there, so that a death from here is its own.
   */
  readonly inCompany?: true;
  /** Takes the run from whoever holds it, and before its time, in order to end it: no attempt begins. */
  readonly evicts?: true;
}

/** The right to write a run: valid while no later claim has raised the epoch. */
export interface Lease {
  readonly runId: string;
  readonly owner: string;
  readonly epoch: number;
  /** Where the run is listed: needed to write its index keys. */
  readonly run: ClaimedRun;
}

/** A run that cannot go on: something that is stored of it is missing or not what it should be. */
export interface DamagedRun {
  readonly runId: string;
  /** Absent: it cannot be read. */
  readonly workflow?: string;
  /** Names what was found and where, and what would be right. */
  readonly error: RunError;
  /** The claim that it was found with; absent: it cannot be read. */
  readonly epoch?: number;
  /** Whom its end is told; absent where there is nobody, or it cannot be read. */
  readonly parent?: ParentLink;
  readonly chunk?: ChunkLink;
}

/** What a claim found. */
export type ClaimResult =
  | {
      readonly kind: "claimed";
      readonly lease: Lease;
      readonly run: ClaimedRun;
      /** Number that the next segment takes. */
      readonly nextSegment: number;
      /** The lease before this one ran out: its process died or stalled. */
      readonly afterDeath: boolean;
      /** So did the one before, with the run alone in its process. */
      readonly diedAlone: boolean;
      /** What the process that died had stored of its attempt. */
      readonly leftBehind: readonly JournalEntry[];
    }
  /** Its last process died, and the claim was made in company: nothing was changed. */
  | { readonly kind: "suspect" }
  | { readonly kind: "held"; readonly until: number }
  | { readonly kind: "early"; readonly notBefore: number }
  | { readonly kind: "final"; readonly status: FinalStatus }
  | { readonly kind: "missing" }
  | { readonly kind: "damaged"; readonly run: DamagedRun };

/** How a claim ends without ending the run. */
export interface Release {
  readonly status: Extract<RunStatus, "queued" | "waiting">;
  /** The run is not claimed before this time. */
  readonly notBefore?: number;
  /** When the sweeper looks. */
  readonly dueAt: number;
  readonly spentMs: number;
  readonly costUsd: number;
  /** Set when an attempt of the run failed with a class that heals. */
  readonly error?: RunError;
  /** Failed deliveries so far. */
  readonly failures: number;
  /** Set when the run waits so long that its history would be deleted meanwhile: seconds since the epoch. */
  readonly expiresAt?: number;
}

/** The end of a run. */
export interface Finish {
  readonly status: FinalStatus;
  readonly finishedAt: number;
  readonly spentMs: number;
  readonly costUsd: number;
  readonly error?: RunError;
  readonly reason?: string;
  readonly output?: Json;
  /** Entries that no segment holds yet. */
  readonly tail: readonly JournalEntry[];
  /** What takes the place of the stored event, where it has one, and of the whole journal, `tail` included: the file asked to blank some of it. */
  readonly history?: BlankedHistory;
}

/** A person's wish that a failed run goes on. */
export interface Redrive {
  /** Which redrive of the run it is, from 1: of several people who ask for the same one, one makes it. */
  readonly nth: number;
  /** How many entries the journal of the failed run has. */
  readonly entries: number;
  /** As {@link Redriven} keeps it. */
  readonly keepsUnknown?: true;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** When someone should look if nothing happened. */
  readonly dueAt: number;
  /** The history is kept at least until then, seconds since the epoch. */
  readonly expiresAt: number;
}

/** What came of a {@link Redrive}. */
export type RedriveResult =
  /** By this call or by another one that asked for the same redrive. */
  | { readonly kind: "redriven" }
  | { readonly kind: "not_failed"; readonly status: RunStatus }
  /** `history.redact` has blanked what the run would go on with. */
  | { readonly kind: "blanked" }
  | { readonly kind: "missing" };

/** The name of a replay, on the run whose event it runs again. */
export interface ReplayName {
  /** Which replay of the run it is, from 1. */
  readonly nth: number;
  readonly replayId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A run that should have moved. */
export interface DueRun {
  readonly runId: string;
  readonly dueAt: number;
  readonly status: StoredStatus;
  readonly leaseUntil?: number;
  readonly notBefore?: number;
}

/** Which runs to list, newest first. */
export interface RunQuery {
  readonly workflows: readonly string[];
  readonly status?: RunStatus;
  /** Class of the error that a run failed with, or waits after. */
  readonly errorClass?: ErrorClass;
  /** The last run of the page before; default: the first page. */
  readonly after?: Pick<RunSummary, "runId" | "createdAt">;
  readonly limit: number;
  /** Runs created at or before this time, milliseconds since the epoch; default: all. */
  readonly until: number;
  /** Runs created at or after this time: how far back the search goes. */
  readonly since: number;
}

/** A version that is kept, as lists show it. */
export interface KeptVersion {
  readonly hash: string;
  /** What its file calls it. */
  readonly label?: string;
  /** Milliseconds since the epoch; absent: an older release kept it. */
  readonly keptAt?: number;
  /** The version that served when it was first deployed, where that was told. */
  readonly before?: string;
}

/** A part of a list. */
export interface RunPage {
  readonly runs: readonly RunSummary[];
  /** Where the next one goes on: behind the last run, or as far back as was looked. Absent: there is no more. */
  readonly next?: NonNullable<RunQuery["after"]>;
}

/** Thrown by every write of a runner whose lease is no longer the newest: it stops and changes nothing. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
  constructor(runId: string, epoch: number) {
    super(`run ${runId}: the lease of epoch ${epoch} is not the newest any more`);
  }
}

/** What making runs needs of the store. */
export type NewRunStore = Pick<
  RunStore,
  "batches" | "create" | "discard" | "status" | "putVersion" | "getVersion"
>;

/**
 * Runs, journals and workflow versions. Every method may throw FlowError `connection`, `rate_limited` or
 * `server_error` when the store cannot be reached; a write whose answer got lost is recognised as done when repeated.
 */
export interface RunStore {
  /** What is kept beside runs for their loops. */
  readonly loops: LoopStore;
  /** What is kept of deliveries that share a run. */
  readonly batches: BatchStore;
  /** Stores a new run, one conditional write. */
  create(run: NewRun): Promise<void>;
  /** Takes back a run whose event could not be stored or enqueued. False: somebody has claimed it, and it stays. */
  discard(runId: string): Promise<boolean>;
  /**
   * Gives the right to write the run, to one at a time; a run that had claims before is closed to them. One that has taken two
   * processes down, alone in them and before they stored anything, is `damaged`: it is not loaded a third time.
   */
  claim(runId: string, claim: Claim): Promise<ClaimResult>;
  /** Stores a segment under its number. @throws LeaseLost when the number is taken by another runner. */
  append(lease: Lease, segment: number, entries: readonly JournalEntry[]): Promise<void>;
  /** Makes what a batch holds the event of its run. @throws LeaseLost */
  fill(lease: Lease, event: StoredEvent, events: number): Promise<void>;
  /** Ends the lease, not the run. @throws LeaseLost */
  release(lease: Lease, release: Release): Promise<void>;
  /** Writes the final status, once. @throws LeaseLost */
  finish(lease: Lease, finish: Finish): Promise<void>;
  /**
   * Puts a run whose status is `failed` back to `queued`, with its journal and without a failed delivery or spent time.
   * @throws FlowError `internal` when `nth` is not the next one.
   */
  redrive(runId: string, redrive: Redrive): Promise<RedriveResult>;
  /** Names a replay on its original before it is made. The id in that place, which is another one where somebody was faster; undefined: no such run. */
  nameReplay(runId: string, name: ReplayName): Promise<string | undefined>;
  /**
   * Ends a damaged run as failed, once, and leaves everything that was found as it is. False: it has ended, or was claimed
   * since, and nothing was done.
   */
  failDamaged(run: DamagedRun, now: number): Promise<boolean>;
  /**
   * The run with its whole journal, undefined when there is none. Of a run that was failed as damaged: what can be read.
   * @throws FlowError `internal`, final, for one that is damaged and was not.
   */
  get(runId: string): Promise<RunRecord | undefined>;
  /** How a run stands, without the rest of it; undefined when there is none. */
  status(runId: string): Promise<StoredStatus | undefined>;
  /** A run as lists show it; undefined when there is none. */
  summary(runId: string): Promise<RunSummary | undefined>;
  list(query: RunQuery): Promise<readonly RunSummary[]>;
  /** The same, looking at so many entries of the index at most, about, however few fit: a page with fewer runs than `limit` may have a next one. */
  page(query: RunQuery, mostLooks: number): Promise<RunPage>;
  /** Runs whose `dueAt` is not after `now`; Infinity: all that are not final. */
  due(now: number, limit: number): Promise<readonly DueRun[]>;
  /** Moves `dueAt`, unless it or the run's end was written meanwhile. True when it moved. */
  postpone(run: DueRun, dueAt: number): Promise<boolean>;
  /**
   * Ends whatever lease holds, so that the run can be claimed at once; with `died` it is suspected of its process's death. Only
   * for a stack that knows no other process lives.
   */
  seize(runId: string, died?: boolean): Promise<void>;
  /** Stores a version, once, with the hash of the one that serves before it; later calls with the same hash change nothing. */
  putVersion(workflow: Workflow, before?: string): Promise<void>;
  getVersion(name: string, hash: string): Promise<Workflow | undefined>;
  /** A workflow's stored versions whose hashes begin with `prefix`, in no order. */
  versionsLike(name: string, prefix: string): Promise<readonly KeptVersion[]>;
}
