import type { LoopChunks } from "../core/chunk.ts";
import { FlowError } from "../core/flow-error.ts";
import type {
  EntryStatus,
  FailedAttempt,
  JournalEntry,
  LogLine,
  RunError,
  Usage,
  Write,
} from "../core/journal.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { Redactor } from "../core/redactor.ts";
import type { StepFailure } from "../core/step-result.ts";
import type { StepNode } from "../core/workflow.ts";

/** What is known of a step when it ends. */
export interface StepEnd {
  readonly status: EntryStatus;
  readonly attempts: number;
  readonly alternative?: number;
  readonly dueAt?: number;
  readonly patch?: readonly Write[];
  readonly usage?: Usage | undefined;
  readonly costUsd?: number;
  readonly savedUsd?: number;
  readonly failure?: StepFailure;
  readonly handled?: boolean;
  readonly delivery?: number;
  readonly note?: string | undefined;
}

/** Collects what one step logs and warns, blanked of the secrets in force by then, and makes its journal entry. */
export class StepRecord {
  readonly #node: StepNode;
  readonly #path: string;
  readonly #item: string | undefined;
  readonly #environment: () => { readonly redactor: Redactor };
  readonly #startedAt: number;
  #logs: LogLine[] | undefined;
  #warnings: string[] | undefined;
  #failedAttempts: FailedAttempt[] | undefined;
  #children: readonly string[];
  #chunks: LoopChunks | undefined;

  constructor(
    node: StepNode,
    place: { path: string; item: string | undefined },
    environment: () => { readonly redactor: Redactor },
    startedAt: number,
    before: {
      readonly children?: readonly string[] | undefined;
      readonly chunks?: LoopChunks | undefined;
    } = {},
  ) {
    this.#node = node;
    this.#path = place.path;
    this.#item = place.item;
    this.#environment = environment;
    this.#startedAt = startedAt;
    this.#children = before.children ?? [];
    this.#chunks = before.chunks;
  }

  get #redactor(): Redactor {
    return this.#environment().redactor;
  }

  log(line: LogLine): void {
    this.#logs ??= [];
    this.#logs.push({
      level: line.level,
      message: this.#redactor.text(line.message),
      ...(line.fields && { fields: this.#redactor.json(line.fields) }),
    });
  }

  warn(message: string): void {
    this.#warnings ??= [];
    const kept = this.#redactor.text(message);
    if (!this.#warnings.includes(kept)) this.#warnings.push(kept);
  }

  /** The step starts a run, beside those of its earlier attempts. */
  startsRun(runId: string): void {
    this.#children = [...this.#children, runId];
  }

  /** The runs that work through the step's items, once they are named. */
  get chunks(): LoopChunks | undefined {
    return this.#chunks;
  }

  /** Names them, or notes how they stand. */
  namesChunks(chunks: LoopChunks): void {
    this.#chunks = chunks;
  }

  /** Keeps that an attempt failed and another one follows, `waitMs` later. */
  failedAttempt({ class: errorClass, status }: FlowError, waitMs: number): void {
    this.#failedAttempts ??= [];
    this.#failedAttempts.push({ class: errorClass, ...(status !== undefined && { status }), waitMs });
  }

  /** Takes up what an entry of the step kept when it left an earlier invocation. */
  takeUp({ failedAttempts }: JournalEntry): void {
    if (failedAttempts) this.#failedAttempts = [...failedAttempts];
  }

  entry(end: StepEnd, now: number): JournalEntry {
    return {
      path: this.#path,
      id: this.#node.id,
      type: this.#node.type,
      status: end.status,
      ...(end.handled && { handled: true }),
      ...(end.delivery !== undefined && { delivery: end.delivery }),
      ...(end.delivery !== undefined && end.failure?.error.final && { final: true }),
      ...(this.#item !== undefined && { isolated: this.#item }),
      startedAt: this.#startedAt,
      durationMs: now - this.#startedAt,
      attempts: end.attempts,
      ...(this.#failedAttempts && { failedAttempts: this.#failedAttempts }),
      ...(end.alternative && { alternative: end.alternative }),
      ...(end.dueAt !== undefined && { dueAt: end.dueAt }),
      patch: end.patch ?? [],
      ...(this.#logs && { logs: this.#logs }),
      ...(this.#warnings && { warnings: this.#warnings }),
      ...(end.usage && { usage: { ...end.usage, model: this.#redactor.text(end.usage.model) } }),
      ...(this.#children.length > 0 && { children: this.#children }),
      ...(this.#chunks && { chunks: this.#chunks }),
      ...(end.costUsd !== undefined && { costUsd: end.costUsd }),
      ...(end.savedUsd !== undefined && { savedUsd: end.savedUsd }),
      ...(end.failure && { error: runErrorOf(end.failure, this.#redactor) }),
      ...(end.note !== undefined && { note: this.#redactor.text(end.note) }),
    };
  }
}

/** A failure as the run's record and `${error…}` show it, blanked. */
export function runErrorOf({ path, id, error, attempts }: StepFailure, redactor: Redactor): RunError {
  return {
    step: path,
    id,
    class: error.class,
    message: redactor.text(error.message),
    details: redactor.json(errorDetails(error, attempts)),
  };
}

/** The failure that an entry tells of, as far as it is kept; undefined when it tells of none. */
export function failureIn({ path, id, attempts, error, final }: JournalEntry): StepFailure | undefined {
  return error && { path, id, attempts, error: errorOf(error, final) };
}

/** An error as it was before it was kept; `final`: no further delivery of the run changes it. */
export function errorOf({ class: errorClass, message, details: kept }: RunError, final = false): FlowError {
  const { status, body, details } = kept;
  return new FlowError(errorClass, message, {
    ...(typeof status === "number" && { status }),
    ...(typeof body === "string" && { body }),
    details,
    final,
  });
}

/** `{ error, error_details }`: what a failure that the file accepts leaves in place of the result. */
export function acceptedFailure({ error, attempts }: StepFailure, redactor: Redactor): JsonObject {
  return { error: redactor.text(error.message), error_details: redactor.json(errorDetails(error, attempts)) };
}

function errorDetails(error: FlowError, attempts: number): JsonObject {
  const details: Record<string, Json> = {
    class: error.class,
    message: error.message,
    status: error.status ?? null,
    attempts,
    body: error.body ?? null,
  };
  if (error.details !== undefined) details.details = error.details;
  return details;
}
