import { readBody } from "../core/event-body.ts";
import type { ErrorClass } from "../core/flow-error.ts";
import type { LogLine, Usage } from "../core/journal.ts";
import { foldJournal, initialState, type JournalEntry, type RunError, savedBy } from "../core/journal.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { withoutEarlierRounds } from "../core/redriven-journal.ts";
import { isFinal, type RunRecord, type RunStatus } from "../core/run.ts";
import { traceOf } from "../core/trace-context.ts";

/** A run as `--json` prints it. Times are ISO 8601. */
export interface RunView {
  readonly run_id: string;
  /** The trace that it is in, 32 hex digits. */
  readonly trace_id: string;
  readonly workflow: string;
  readonly hash: string;
  readonly status: RunStatus;
  /** The step that started it. */
  readonly parent: RunLink | null;
  /** Which part of the loop at its parent's step it works through; null: it runs a whole workflow. */
  readonly chunk: ChunkView | null;
  /** Runs that its steps started. */
  readonly children: readonly RunLink[];
  /** When somebody redrove it, and how many of the steps below had been recorded by then. */
  readonly redrives: readonly RedriveView[];
  /** The run whose event it runs again. */
  readonly replay_of: { readonly run_id: string; readonly edited: boolean } | null;
  /** Ids of the runs that run its event again. */
  readonly replays: readonly string[];
  /** `history.redact` has blanked it: it can be neither redriven nor replayed. */
  readonly blanked: boolean;
  readonly state: JsonObject;
  readonly output: Json;
  readonly error: RunError | null;
  /** Why a run was dropped, or stopped before its last step. */
  readonly reason: string | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  /** Claims: how often the run was taken up. */
  readonly attempts: number;
  readonly cost_usd: number;
  /** What cached results would have cost, as far as that is known. */
  readonly saved_usd: number;
  readonly steps: readonly StepView[];
}

/** A redrive. */
export interface RedriveView {
  readonly at: string;
  readonly steps: number;
}

/** Another run, and the step that started the one of the two. */
export interface RunLink {
  readonly run_id: string;
  readonly path: string;
}

/** A part of a loop: the how manieth of how many, and the index of its first item in the list. */
export interface ChunkView {
  readonly number: number;
  readonly of: number;
  readonly first_item: number;
}

/** An attempt that was followed by another one. */
export interface FailedAttemptView {
  readonly class: ErrorClass;
  /** HTTP status of the answer, where there was one. */
  readonly status: number | null;
  readonly wait_seconds: number;
}

/** A journal entry as `--json` prints it. */
export interface StepView {
  readonly path: string;
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly attempts: number;
  /** Those after which the step was tried again, with the seconds waited. */
  readonly failed_attempts: readonly FailedAttemptView[];
  readonly started_at: string;
  readonly duration_ms: number;
  readonly warnings: readonly string[];
  readonly logs: readonly LogLine[];
  /** Ids of the runs that the step started, by its attempts. */
  readonly children: readonly string[];
  readonly usage: Usage | null;
  readonly saved_usd: number | null;
  readonly note: string | null;
  readonly error: RunError | null;
}

/** Folds a run's journal into what people and scripts read. `output` is null until the run has succeeded. */
export function describeRun(run: RunRecord): RunView {
  const state = foldJournal(
    initialState(readBody(run.event)),
    withoutEarlierRounds(run.journal, run.redrives),
  );
  return {
    run_id: run.runId,
    trace_id: traceOf(run).traceId,
    workflow: run.workflow,
    hash: run.hash,
    status: run.status,
    parent: run.parent ? { run_id: run.parent.runId, path: run.parent.path } : null,
    chunk: run.chunk ? { number: run.chunk.number, of: run.chunk.of, first_item: run.chunk.from } : null,
    children: childrenIn(run.journal),
    redrives: (run.redrives ?? []).map(({ at, entries }) => ({ at: time(at), steps: entries })),
    replay_of: run.replayOf ? { run_id: run.replayOf.runId, edited: run.replayOf.edited === true } : null,
    replays: run.replays ?? [],
    blanked: run.blanked === true,
    state,
    output: run.status !== "succeeded" ? null : run.output === undefined ? state : run.output,
    error: isFinal(run.status) || run.failures > 0 ? (run.error ?? null) : null,
    reason: run.reason ?? null,
    created_at: time(run.createdAt),
    started_at: run.startedAt === undefined ? null : time(run.startedAt),
    finished_at: run.finishedAt === undefined ? null : time(run.finishedAt),
    attempts: run.attempt,
    cost_usd: run.costUsd,
    saved_usd: savedBy(run.journal),
    steps: withoutOlderNotes(run.journal).map(describeStep),
  };
}

/** One entry of the journal. */
export function describeStep(entry: JournalEntry): StepView {
  return {
    path: entry.path,
    id: entry.id,
    type: entry.type,
    status: entry.status,
    attempts: entry.attempts,
    failed_attempts: (entry.failedAttempts ?? []).map(({ class: errorClass, status, waitMs }) => ({
      class: errorClass,
      status: status ?? null,
      wait_seconds: waitMs / 1000,
    })),
    started_at: time(entry.startedAt),
    duration_ms: entry.durationMs,
    warnings: entry.warnings ?? [],
    logs: entry.logs ?? [],
    children: entry.children ?? [],
    usage: entry.usage ?? null,
    saved_usd: entry.savedUsd ?? null,
    note: entry.note ?? null,
    error: entry.error ?? null,
  };
}

/** A loop notes more than once how its chunks stand: the last word says it all. */
function withoutOlderNotes(journal: readonly JournalEntry[]): readonly JournalEntry[] {
  const last = new Map(journal.map((entry) => [entry.path, entry]));
  return journal.filter(
    (entry) => entry.status !== "waiting" || !entry.chunks || last.get(entry.path) === entry,
  );
}

function childrenIn(journal: readonly JournalEntry[]): RunLink[] {
  const links = journal.flatMap(({ path, children = [] }) => children.map((id) => [id, path] as const));
  return [...new Map(links)].map(([run_id, path]) => ({ run_id, path }));
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
