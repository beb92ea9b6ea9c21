import type { ChunkResult, LoopChunks, LoopState } from "../chunk.ts";
import type { RunError } from "../journal.ts";
import type { Json } from "../json.ts";
import type { LoopProgress } from "./loop-store.ts";

/** The chunks that a loop asks for. */
export interface ChunkOrder {
  /** Path of the loop's step. */
  readonly path: string;
  /** Its id. */
  readonly step: string;
  readonly chunks: LoopChunks;
  readonly items: readonly Json[];
  readonly state: LoopState;
  /** How many runs stand above the chunks. */
  readonly depth: number;
}

/** What a chunk left: its result, or why it ended without one. */
export type ChunkOutcome = ChunkResult | { readonly error: RunError; readonly costUsd: number };

/**
 * Runs that each work through a part of a loop of one run. Every method may throw FlowError `connection`, `rate_limited`
 * or `server_error` when store or queue do not answer, and may be repeated.
 */
export interface ChunkRuns {
  /** Stores and enqueues every chunk; those that are there already are only enqueued again. */
  make(order: ChunkOrder): Promise<void>;
  progress(path: string, chunks: LoopChunks): Promise<LoopProgress>;
  /** What the chunks left, by number; asked when all have ended, or one that ends the run. */
  outcomes(path: string, chunks: LoopChunks): Promise<readonly ChunkOutcome[]>;
  /** Makes every chunk that failed go on where it failed. */
  putBack(path: string, chunks: LoopChunks): Promise<void>;
}
