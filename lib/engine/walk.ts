import type { Usage, Write } from "../core/journal.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { AnyStep } from "../core/step.ts";
import type { BlockOptions } from "../core/step-context.ts";
import type { BlockEnd, Interruption, StepFailure, StepResult } from "../core/step-result.ts";
import type { Lookup } from "../core/template.ts";
import type { StepNode } from "../core/workflow.ts";
import type { Execution } from "./execution.ts";
import type { ReservedNames } from "./reader.ts";
import type { View } from "./view.ts";

/** One step at its place in the run. */
export interface Place {
  readonly node: StepNode;
  readonly definition: AnyStep;
  readonly path: string;
  readonly view: View;
}

/** How a list of steps ended. */
export type ListEnd =
  | { readonly kind: "done" }
  | { readonly kind: "drop"; readonly reason: string }
  | Interruption;

/** What is left of a step's result when its waits are over and its failures are named. */
export type AttemptEnd = Exclude<StepResult, { readonly kind: "wait" | "fail_run" | "await_runs" }>;

/** What came of a step after all its attempts. */
export interface Attempted {
  readonly result: AttemptEnd;
  /** Attempts made, those before a parked wait included. */
  readonly attempts: number;
  /** What attempts that failed spent on models. */
  readonly spent?: Usage | undefined;
  /** The result is that of an alternative, not what the step asks for. */
  readonly substitute?: boolean;
  /** The result was computed elsewhere, and how many US dollars it did not cost here. */
  readonly cached?: { readonly savedUsd?: number };
}

/** What a step at its place needs of the interpreter that walks the run. */
export interface Walk {
  readonly execution: Execution;
  readonly names: ReservedNames;
  /** The same walk, whose steps give up when this signal aborts. */
  within(signal: AbortSignal): Walk;
  /** Aborts when the run ends before its steps are through: waits are over then, calls under way are not. */
  readonly ending: AbortSignal;
  /** How the run ends before its steps are through, once it does: it is cancelled, stopped, or failed for all. */
  endOf(place: Place): Interruption | undefined;
  /** The templates' view of the state; what resolves to nothing is warned of, or fails a strict run. */
  lookup(view: View, warn: (message: string) => void): Lookup;
  /** Reads a path given as text. */
  read(path: string, view: View): Json | undefined;
  /** Runs one of a control step's blocks; `hidden` collects the writes that bring back what its variables hid. */
  runBlock(place: Place, label: string, options: BlockOptions, hidden: Map<string, Write>): Promise<BlockEnd>;
  /** Records the failure of a loop's item, or of a branch, as accepted. */
  acceptItem(place: Place, at: string, failure: StepFailure): JsonObject;
  /** Keeps the failure of an item or a branch while others beside it wait. */
  keepFailure(place: Place, at: string, failure: StepFailure): void;
  /** What {@link keepFailure} kept in this delivery of the run, before it left the invocation. */
  keptFailure(place: Place, at: string): StepFailure | undefined;
  /** What {@link acceptItem} left in an earlier attempt of the run. */
  acceptedItem(place: Place, at: string, bind: BlockOptions["bind"]): JsonObject | undefined;
}
