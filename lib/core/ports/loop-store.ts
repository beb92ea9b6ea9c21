import type { Json } from "../json.ts";

/** A loop whose items run in chunks: the run it belongs to, and the path of its step. */
export interface LoopKey {
  readonly runId: string;
  readonly path: string;
}

/** What came of a chunk. */
export interface KeptResult {
  readonly value: Json;
  /** Of the lease under which it came about: an older one's word never takes a newer one's place. */
  readonly epoch: number;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

/** A chunk that has ended. */
export interface EndedChunk {
  readonly number: number;
  /** Chunks of its loop. */
  readonly of: number;
  readonly failed?: boolean;
  /** The file ends the whole run in one of its items. */
  readonly endsRun?: boolean;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

/** Numbers of the chunks that have ended. */
export interface LoopProgress {
  readonly ended: ReadonlySet<number>;
  /** Those of them that failed. */
  readonly failed: ReadonlySet<number>;
  /** Those in which the file ends the whole run. */
  readonly endsRun: ReadonlySet<number>;
}

/**
 * What is kept beside a run for its loops whose items run in chunks, and goes when the run's history goes or is blanked.
 * Errors as those of `RunStore`; every write may be repeated.
 */
export interface LoopStore {
  /** Keeps what all chunks read; later calls change nothing. */
  keepState(loop: LoopKey, state: Json, expiresAt: number): Promise<void>;
  /** @throws FlowError `internal` for a damaged item. */
  state(loop: LoopKey): Promise<Json | undefined>;
  keepResult(loop: LoopKey, chunk: number, result: KeptResult): Promise<void>;
  /** By the chunk's number. @throws FlowError `internal` for a damaged item. */
  results(loop: LoopKey): Promise<ReadonlyMap<number, Json>>;
  /** Forgets a result that came when the history was blanked already. */
  removeResult(loop: LoopKey, chunk: number): Promise<void>;
  /** Notes that a chunk has ended. True when all have: for the one that completes them, and whoever repeats it. */
  end(loop: LoopKey, chunk: EndedChunk): Promise<boolean>;
  /** Takes back that a chunk has ended: it runs again. */
  reopen(loop: LoopKey, chunk: number): Promise<void>;
  progress(loop: LoopKey): Promise<LoopProgress>;
}
