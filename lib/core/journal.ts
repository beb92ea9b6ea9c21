import type { LoopChunks } from "./chunk.ts";
import type { ErrorClass } from "./flow-error.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { deletePath, type Path, writePath } from "./path.ts";

/** One change of the state; without `value` the path is deleted. */
export interface Write {
  readonly path: Path;
  readonly value?: Json;
  /** Brings back what a loop variable hid: no step wrote it. */
  readonly restores?: true;
  /** Goes to a loop's variable, which is gone after the loop: nothing that the run's state keeps. */
  readonly variable?: true;
}

/**
 * How a step ended, or why it is to go on later (`retrying`, `started`, `waiting`). A `failed` entry that is not
 * `handled` keeps the attempt in the history; the step runs again.
 */
export type EntryStatus =
  | "ok"
  | "skipped"
  | "cached"
  | "dropped"
  | "stopped"
  | "failed"
  | "retrying"
  | "started"
  | "waiting";

/** A line that a step wrote. */
export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields?: JsonObject;
}

/** Tokens and money of a model call. */
export interface Usage {
  readonly model: string;
  readonly input_tokens: number;
  readonly cached_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens: number;
  /** US dollars; null when the model's price is not known. */
  readonly cost_usd: number | null;
}

/** Why a step or a run failed, as files and people read it. */
export interface RunError {
  /** Path of the step, e.g. `3.else.0`; null when no step is to blame. */
  readonly step: string | null;
  readonly id?: string;
  readonly class: ErrorClass;
  /** One readable sentence. */
  readonly message: string;
  readonly details: JsonObject;
}

/** An attempt of a step that failed and was followed by another one. */
export interface FailedAttempt {
  readonly class: ErrorClass;
  /** HTTP status of the answer, where there was one. */
  readonly status?: number;
  /** Milliseconds that were waited for the next attempt. */
  readonly waitMs: number;
}

/** One step that ended: history and checkpoint at once (execution.md section 2). */
export interface JournalEntry {
  /** The step's place: `2`, `3.else.0`, `4.items.17.1`, `on_failure.0`, and `on_failure@1.0` after a redrive. */
  readonly path: string;
  readonly id: string;
  readonly type: string;
  readonly status: EntryStatus;
  /** The file told us to accept this failure: the run goes on. */
  readonly handled?: true;
  /** Path of the loop item in whose own view its patch stays, e.g. `4.items.17`: it never reaches the run's state. */
  readonly isolated?: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly attempts: number;
  /** Those of the attempts after which the step was tried again, in order. */
  readonly failedAttempts?: readonly FailedAttempt[];
  /** Which of the step's alternatives the next attempt takes; absent: none. */
  readonly alternative?: number;
  /** When a wait is over, milliseconds since the epoch. */
  readonly dueAt?: number;
  readonly patch: readonly Write[];
  readonly logs?: readonly LogLine[];
  readonly warnings?: readonly string[];
  readonly usage?: Usage;
  /** Ids of the runs that the step started, one for each attempt that did. */
  readonly children?: readonly string[];
  /** The runs that work through the step's items. */
  readonly chunks?: LoopChunks;
  /** US dollars that those cost since the step's entry before. */
  readonly costUsd?: number;
  /** US dollars that a cached result did not cost again; absent where nothing was to be paid, or nobody knows what. */
  readonly savedUsd?: number;
  readonly error?: RunError;
  /**
   * Of an item or a branch that failed while others beside it wait: how many deliveries of the run had failed by then. It
   * is tried again in the next one, not when the run comes back for the others.
   */
  readonly delivery?: number;
  /** No further delivery of the run changes the failure. */
  readonly final?: true;
  /** The reason of a drop, the branch taken: what a reader of the history wants to know. */
  readonly note?: string;
}

/** True when the step never runs again. */
export function isSettled(entry: JournalEntry): boolean {
  if (entry.status === "failed") return entry.handled === true;
  return entry.status !== "retrying" && entry.status !== "started" && entry.status !== "waiting";
}

/** True where nobody knows whether the step's call, which may be made once at most, took effect. */
export function isUnknown({ status, error, path }: JournalEntry): boolean {
  return status === "started" || (error?.class === "unknown_outcome" && error.step === path);
}

/** The state after a patch. */
export function applyPatch(state: JsonObject, patch: readonly Write[]): JsonObject {
  let next: Json = state;
  for (const { path, value } of patch)
    next = value === undefined ? deletePath(next, path) : writePath(next, path, value);
  return isObject(next) ? next : {};
}

/** The run's state after the entries, in their order: what resuming starts from and the history shows. */
export function foldJournal(initial: JsonObject, entries: readonly JournalEntry[]): JsonObject {
  return entries.reduce((state, { isolated, patch }) => {
    if (isolated) return state;
    const kept = patch.some(({ variable }) => variable) ? patch.filter(({ variable }) => !variable) : patch;
    return applyPatch(state, kept);
  }, initial);
}

/** US dollars that the entries' model calls cost, as far as prices are known, those of chunks too. */
export function costOf(entries: readonly JournalEntry[]): number {
  return entries.reduce((sum, { usage, costUsd }) => sum + (usage?.cost_usd ?? 0) + (costUsd ?? 0), 0);
}

/** US dollars that cached results did not cost again, as far as their cost is known. */
export function savedBy(entries: readonly JournalEntry[]): number {
  return entries.reduce((sum, { savedUsd }) => sum + (savedUsd ?? 0), 0);
}

/** The state a run starts with: the event body when it is an object, else empty. */
export function initialState(input: Json): JsonObject {
  return isObject(input) ? input : {};
}
