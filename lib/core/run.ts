import type { JournalEntry, RunError } from "./journal.ts";
import type { Json, JsonObject } from "./json.ts";

/** The statuses that change by a person's redrive only. */
export const FINAL_STATUSES = ["succeeded", "failed", "dropped", "cancelled"] as const;
/** Every status of a run. */
export const RUN_STATUSES = ["queued", "running", "waiting", ...FINAL_STATUSES] as const;
/** One of {@link RUN_STATUSES}. */
export type RunStatus = (typeof RUN_STATUSES)[number];
/** How a run stands in the store: `damaged` where that cannot be read, and nobody has ended the run for it yet. */
export type StoredStatus = RunStatus | "damaged";
/** One of {@link FINAL_STATUSES}. */
export type FinalStatus = (typeof FINAL_STATUSES)[number];

/** True for a status that changes by a person's redrive only. */
export function isFinal(status: StoredStatus): status is FinalStatus {
  return FINAL_STATUSES.some((one) => one === status);
}

/** An event as it arrived, kept byte for byte. */
export interface StoredEvent {
  readonly body: Uint8Array;
  /** Lower case, without parameters; empty when the sender gave none. */
  readonly contentType: string;
  readonly request: RequestInfo;
}

/** An event whose body is read. */
export interface ReadEvent {
  readonly body: Json;
  readonly request: RequestInfo;
}

/** What a workflow reads as `request`. Credentials are blanked. */
export interface RequestInfo {
  readonly method: string;
  readonly path: string;
  readonly query: JsonObject;
  readonly headers: JsonObject;
  /** ISO 8601. */
  readonly received_at: string;
  readonly delivery_id: string;
  /** Of a batch: what came with each of its deliveries, in the order of the event's list. */
  readonly batch?: readonly JsonObject[];
}

/** The step that started a run. */
export interface ParentLink {
  readonly runId: string;
  readonly path: string;
  /** The step waits for the run's end. */
  readonly awaits: boolean;
  /** How many runs stand above this one. */
  readonly depth: number;
}

/** Which part of its parent's loop a run works through; its event is the list of the items, `parent.path` the loop's. */
export interface ChunkLink {
  /** From 0. */
  readonly number: number;
  /** Chunks of the loop. */
  readonly of: number;
  /** Index of its first item in the loop's list. */
  readonly from: number;
  /** Id of the loop's step. */
  readonly step: string;
}

/** The run whose event a replay runs again. */
export interface ReplayLink {
  readonly runId: string;
  /** Somebody changed the event. */
  readonly edited?: true;
}

/** A redrive of a run: a person's, or that of a loop which puts its chunks back. */
export interface Redriven {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** How many entries the journal had by then. */
  readonly entries: number;
  /** Calls that may be made once and of which nobody knows whether they took effect are not made again. */
  readonly keepsUnknown?: true;
}

/** A run that waits whether others of its key follow it. */
export interface Burst {
  /** What the store calls the key. */
  readonly place: string;
  /** Until when others may follow, milliseconds since the epoch. */
  readonly until: number;
}

/** A run whose event is a list of deliveries. */
export interface BatchLink {
  /** How many there are; absent: others may still join. */
  readonly events?: number;
}

/** What is known of a delivery beside what came with it. */
export interface DeliveryFacts {
  /** Of the body. */
  readonly bytes: number;
  readonly sourceIp: string;
  /** The service whose webhook it is; absent: the file names none. */
  readonly preset?: string;
  /** A person sent it from the console, to try the workflow. */
  readonly isTest?: true;
}

/** A run as ingest stores it. */
export interface NewRun {
  /** UUIDv7. */
  readonly runId: string;
  readonly workflow: string;
  readonly hash: string;
  readonly stage: string;
  readonly event: StoredEvent;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** When someone should look if nothing happened, longer than a lease. */
  readonly dueAt: number;
  /** When the history may be deleted, seconds since the epoch. */
  readonly expiresAt: number;
  /** Absent: an event from outside started it. */
  readonly parent?: ParentLink;
  /** Absent: it runs a whole workflow. Chunks are in no list. */
  readonly chunk?: ChunkLink;
  /** Absent: no replay. */
  readonly replayOf?: ReplayLink;
  /** Absent: no webhook's delivery. */
  readonly delivery?: DeliveryFacts;
  /** Absent: it does not depend on others of its key. */
  readonly burst?: Burst;
  /** Absent: its event is one delivery. */
  readonly batch?: BatchLink;
  /** It is not claimed before this time, milliseconds since the epoch; absent: at once. */
  readonly notBefore?: number;
  /** Why it ends as `dropped` before it begins; absent: it is queued. */
  readonly droppedFor?: string;
  /** `history.redact` has blanked event and journal: they can be read, and no longer be run. */
  readonly blanked?: true;
}

/** When a run was named, milliseconds since the epoch: the first 48 bits of its id (RFC 9562, UUIDv7). */
export function timeOfRunId(runId: string): number {
  return Number.parseInt(runId.slice(0, 8) + runId.slice(9, 13), 16);
}

/** A run with everything known about it. */
export interface RunRecord extends Omit<NewRun, "droppedFor"> {
  readonly status: RunStatus;
  /** Claims so far. */
  readonly attempt: number;
  readonly epoch: number;
  /** Deliveries that failed with a class that heals. */
  readonly failures: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  /** Run time of ended attempts, waits excluded. */
  readonly spentMs: number;
  readonly error?: RunError;
  readonly reason?: string;
  /** The rendered `output` of a workflow that has one; absent: the state is the output. */
  readonly output?: Json;
  readonly costUsd: number;
  /** Absent: it was never redriven. */
  readonly redrives?: readonly Redriven[];
  /** Ids of the runs that run its event again; the last one may be named and not made yet. Absent: none. */
  readonly replays?: readonly string[];
  /** It was failed as damaged, and of its event less is left than arrived. */
  readonly eventLost?: true;
  readonly journal: readonly JournalEntry[];
}

/** A run as a claim gives it: its event is read, and the bytes of the body are not kept. */
export interface ClaimedRun extends Omit<RunRecord, "event"> {
  readonly event: ReadEvent;
}

/** What lists show. Of a damaged run: what can be read of it, and what is wrong as its error. */
export interface RunSummary {
  readonly runId: string;
  readonly workflow: string;
  readonly hash: string;
  readonly status: StoredStatus;
  readonly createdAt: number;
  readonly finishedAt?: number;
  readonly costUsd: number;
  readonly error?: { readonly class: string; readonly message: string };
}
