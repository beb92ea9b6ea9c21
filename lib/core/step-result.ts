import type { LoopChunks } from "./chunk.ts";
import type { FlowError } from "./flow-error.ts";
import type { Usage } from "./journal.ts";
import type { Json, JsonObject } from "./json.ts";
import type { beside } from "./path.ts";

/** What a step says happened. The engine alone writes state, retries, records and logs. */
export type StepResult =
  | {
      readonly kind: "next";
      /** Written to the step's `output_to`; absent: nothing is written there. */
      readonly output?: Json;
      /** `output`, an object, is the whole new state where neither `output_to` nor `inject` says where it goes. */
      readonly replacesState?: true;
      /** Further values by absolute path, e.g. `http_meta`; see {@link beside}. */
      readonly also?: { readonly [path: string]: Json };
      readonly usage?: Usage;
      /** A word for the history, e.g. the branch taken. */
      readonly note?: string;
    }
  | { readonly kind: "drop"; readonly reason: string }
  /** The step ends well at `dueAt`, milliseconds since the epoch; until then the run need not be here. */
  | { readonly kind: "wait"; readonly dueAt: number }
  /** The step goes on, as the same attempt, when that has ended, or to look again at `lookAt`, milliseconds since the epoch. */
  | { readonly kind: "await_runs"; readonly awaited: AwaitedRuns; readonly lookAt: number }
  /** The run fails here, and no policy of any step applies. */
  | { readonly kind: "fail_run"; readonly error: FlowError }
  | Interruption;

/** What a step waits for: a run, or all chunks of the loop at a path of its own run. */
export type AwaitedRuns =
  | { readonly runId: string }
  | ({ readonly path: string } & Pick<LoopChunks, "base" | "count">);

/** Ends that a control step hands on as it got them from its block. */
export type Interruption =
  | { readonly kind: "fail"; readonly failure: StepFailure }
  /** The run ends well, here and now. */
  | { readonly kind: "stop"; readonly reason: string }
  /** The run leaves this invocation: a long wait, or its time is up. */
  | { readonly kind: "pause"; readonly pause: Pause };

/** A step that has failed for good. */
export interface StepFailure {
  /** Where it happened: the innermost step. */
  readonly path: string;
  readonly id: string;
  readonly error: FlowError;
  readonly attempts: number;
  /** How long the attempt took that failed last, milliseconds; absent: none was begun. */
  readonly durationMs?: number;
  /**
   * No policy of this or an inner step applies: the file ends the run here, the run is cancelled, its own time or that of
   * a step around this one is over, or it is known to kill its process.
   */
  readonly endsRun?: true;
  /** With `endsRun`: a step of the file says so, and would say so again. */
  readonly asFileSays?: true;
}

/** Why and until when a run leaves the invocation. */
export type Pause =
  | { readonly reason: "hand_over" }
  /** Not before `dueAt`, milliseconds since the epoch. */
  | { readonly reason: "wait"; readonly dueAt: number }
  /** Until one of those ends or, should nobody tell, `lookAt`; `dueAt`: when a wait beside them is over. */
  | {
      readonly reason: "child";
      readonly awaited: readonly AwaitedRuns[];
      readonly lookAt: number;
      readonly dueAt?: number | undefined;
    };

/** How a nested list of steps ended. */
export type BlockEnd =
  | {
      readonly kind: "done";
      /** Everything its steps wrote, as one object. */
      readonly written: JsonObject;
      /** The value of a path in the block's scope. */
      read(path: string): Json | undefined;
    }
  | { readonly kind: "drop"; readonly reason: string }
  | Interruption;

/** How one item of a loop, or one branch, ended. */
export type PartEnd =
  | { readonly kind: "result"; readonly value: Json | undefined }
  /** `at`: its place, where it failed just now. */
  | (Exclude<BlockEnd, { readonly kind: "done" }> & { readonly at?: string });
