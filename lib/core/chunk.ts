import type { RunError } from "./journal.ts";
import type { Json, JsonObject } from "./json.ts";

/** The chunks of a loop, as the entry of its step names them before any is made. */
export interface LoopChunks {
  /** UUIDv7 that the ids of the chunks' runs are derived from. */
  readonly base: string;
  /** Items of each chunk but the last. */
  readonly size: number;
  readonly count: number;
  /** Every chunk is stored and enqueued. */
  readonly made?: true;
  /** Those that failed are being put back: whoever takes the step up does it once more. */
  readonly puttingBack?: true;
  /** The step's attempt, and the run's redrive, for which chunks that had failed were put back last. */
  readonly attempt: number;
  readonly redrives: number;
}

/** What every chunk of a loop reads: the state that its items begin with, and what the reserved names stand for. */
export interface LoopState {
  readonly state: JsonObject;
  readonly event: Json;
  readonly request: JsonObject;
  readonly run: JsonObject;
  /** In `on_failure` only. */
  readonly error?: JsonObject;
}

/** How an item ended in its chunk. */
export type ItemEnd =
  /** Without `value` the item's result resolved to nothing. */
  | { readonly kind: "result"; readonly value?: Json }
  | { readonly kind: "drop"; readonly reason: string }
  /** `endsRun`: the file ends the whole run here. */
  | { readonly kind: "fail"; readonly error: RunError; readonly attempts: number; readonly endsRun?: true };

/** What a chunk tells its loop when it ends. */
export interface ChunkResult {
  /** In the order of its items. */
  readonly ends: readonly ItemEnd[];
  /** US dollars that its model calls cost, and that cached results did not cost again. */
  readonly costUsd: number;
  readonly savedUsd: number;
}
