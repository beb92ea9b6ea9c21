import type { Condition } from "./condition.ts";
import type { LogLine, Usage } from "./journal.ts";
import type { Json, JsonObject } from "./json.ts";
import type { RunAnswer } from "./ports/answers.ts";
import type { ChildOutcome, ChildRuns } from "./ports/child-runs.ts";
import type { ChunkRuns } from "./ports/chunk-runs.ts";
import type { Clock } from "./ports/clock.ts";
import type { Http } from "./ports/http.ts";
import type { Jq } from "./ports/jq.ts";
import type { Llm } from "./ports/llm.ts";
import type { Python } from "./ports/python.ts";
import type { Random } from "./ports/random.ts";
import type { Salesforce } from "./ports/salesforce.ts";
import type { AwaitedRuns, BlockEnd, Interruption, PartEnd, StepFailure } from "./step-result.ts";
import type { TraceContext } from "./trace-context.ts";

/** The outside world as steps may use it, but for other runs. */
export interface OutsidePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly http: Http;
  readonly llm: Llm;
  readonly jq: Jq;
  readonly python: Python;
  readonly salesforce: Salesforce;
}

/** Everything beside their own run that steps may use. */
export interface StepPorts extends OutsidePorts {
  readonly childRuns: ChildRuns;
  /** Absent where a run has nobody beside it: its loops run in it. */
  readonly chunkRuns?: ChunkRuns;
  /** Answers who waits for the run; false when another answer was given before. Absent where nobody does. */
  answer?(answer: RunAnswer): Promise<boolean>;
}

/** How a control step runs one of its blocks. */
export interface BlockOptions {
  /** What stands between the step's path and the index of the child: `else`, `items.17`. Default: the block's label. */
  readonly at?: string;
  /** `shared`: the caller's own state; `isolated`: a view of its own that is dropped afterwards. Default `shared`. */
  readonly scope?: "shared" | "isolated";
  /** Variables of the block, gone afterwards. */
  readonly bind?: { readonly [name: string]: Json };
}

/** A run that a step asks for. */
export interface RunOrder {
  readonly workflow: string;
  readonly event: Json;
  /** The step waits for its end. */
  readonly awaits: boolean;
}

/** A run that a step has started, and how it stands. */
export interface StartedRun {
  readonly runId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly outcome: ChildOutcome;
}

/** Items of a block that run elsewhere, and how they stand. */
export type Distributed =
  /** In the order of the items. */
  | { readonly kind: "ended"; readonly ends: readonly PartEnd[] }
  /** `startedAt`: milliseconds since the epoch. */
  | { readonly kind: "under_way"; readonly awaited: AwaitedRuns; readonly startedAt: number }
  | Interruption;

/** The items that a chunk works through, and the index of the first in the whole list. */
export interface ItemsPart {
  readonly items: readonly Json[];
  readonly from: number;
}

/** What a step gets beside its parameters. */
export interface StepContext {
  /** The step's id in its file. */
  readonly id: string;
  /** Its place in the run, e.g. `3.items.17.0`. */
  readonly path: string;
  /** The value at `input_from`, null when the path resolves to nothing; without `input_from` the whole state. */
  readonly input: Json;
  /** The path that `input` was read from; absent when the file gave none. */
  readonly inputFrom?: string | undefined;
  /** Where `output` goes, null when nowhere. */
  readonly outputTo: string | null;
  /** Seconds for one attempt, null without a limit. The engine enforces it unless the step limits itself. */
  readonly timeoutSeconds: number | null;
  /** The same for every attempt of this step in this run. */
  readonly idempotencyKey: string;
  /** From 1. */
  readonly attempt: number;
  /** What earlier attempts spent on models before they failed, in this invocation. */
  readonly spent?: Usage | undefined;
  /** Aborts when the attempt's time is up. */
  readonly signal: AbortSignal;
  readonly ports: StepPorts;
  readonly run: JsonObject;
  /** Where the run stands in a trace; absent: in none. */
  readonly trace: TraceContext | undefined;
  /** Blanks the secrets in a text that leaves the run by another way than state, history and log. */
  blank(text: string): string;
  readonly workflow: JsonObject;
  /** The event body as it arrived. */
  readonly event: Json;
  /** The values of the names that the file reads: all that are no secret, and the secrets named here. */
  environment(secrets: readonly string[]): { readonly [name: string]: string };
  /** Reads a path as the file would: reserved names first, then the state. */
  read(path: string): Json | undefined;
  /** When a step of the run last wrote exactly this path, milliseconds since the epoch; undefined when none did. */
  writtenAt(path: string): number | undefined;
  /** Whether conditions hold on the state. */
  holds(conditions: readonly Condition[], match?: "all" | "any"): boolean;
  /** Renders templates by the paths they are written to, one after another: each sees what those before it write. */
  renderAssignments(assignments: JsonObject): { readonly [path: string]: Json };
  /** Adds a line to the step's record and to the log. */
  log(line: LogLine): void;
  /** Logs what a program wrote, line by line; a secret that lies across lines is blanked too. */
  logOutput(lines: readonly string[]): void;
  /** Adds a warning to the step's record. */
  warn(message: string): void;
  /**
   * The run that this attempt starts, as it stands now. Its id is in the journal before it is made, so that whoever takes
   * the attempt up finds the same one. Secrets in its event are blanked.
   * @throws FlowError `config_error` for a workflow that the stage does not have, and for runs that nest too deep.
   */
  startRun(order: RunOrder): Promise<StartedRun>;
  /** The labels of the nested lists of steps, in the order of the file. */
  readonly blocks: readonly string[];
  /** Runs a nested list of steps by its label. */
  runBlock(label: string, options?: BlockOptions): Promise<BlockEnd>;
  /**
   * Has items worked through by runs of their own, `size` or more by each, that call the step's `runPart`; tells how they
   * stand. Absent where nobody takes them, or the step's nested steps need the run itself.
   */
  readonly distribute?: ((items: readonly Json[], size: number) => Promise<Distributed>) | undefined;
  /** An earlier attempt of the run has distributed the step's items. */
  readonly isDistributed: boolean;
  /** The block that an earlier attempt of the run entered: a condition on the environment is not asked twice. */
  enteredBlock(): string | undefined;
  /** Records the failure of one run of a block as accepted; durable, so it never runs again. Its `{ error, error_details }`. */
  acceptFailure(at: string, failure: StepFailure): JsonObject;
  /** Records that one run of a block has failed for this delivery of the run, which goes on with others beside it first. */
  keepFailure(at: string, failure: StepFailure): void;
  /** What `keepFailure` recorded for this place before the run left the invocation: in this delivery it is not tried again. */
  keptFailure(at: string): StepFailure | undefined;
  /** What `acceptFailure` recorded for this place, whose block had these variables, in an earlier attempt of the run. */
  acceptedFailure(at: string, bind?: BlockOptions["bind"]): JsonObject | undefined;
}
