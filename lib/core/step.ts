import type * as z from "zod";
import type { Condition } from "./condition.ts";
import type { FlowError } from "./flow-error.ts";
import type { LogLine, Usage } from "./journal.ts";
import type { Json, JsonObject } from "./json.ts";
import { formatPath, parsePath } from "./path.ts";
import type { ChildOutcome, ChildRuns } from "./ports/child-runs.ts";
import type { Clock } from "./ports/clock.ts";
import type { Http } from "./ports/http.ts";
import type { Jq } from "./ports/jq.ts";
import type { Llm } from "./ports/llm.ts";
import type { Python } from "./ports/python.ts";
import type { Random } from "./ports/random.ts";
import type { Salesforce } from "./ports/salesforce.ts";
import type { StepFacts } from "./step-facts.ts";

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
}

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
  /** The step goes on, as the same attempt, when the run has ended, or to look again at `lookAt`, milliseconds since the epoch. */
  | { readonly kind: "await_run"; readonly runId: string; readonly lookAt: number }
  /** The run fails here, and no policy of any step applies. */
  | { readonly kind: "fail_run"; readonly error: FlowError }
  | Interruption;

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
}

/** Why and until when a run leaves the invocation. */
export type Pause =
  | { readonly reason: "hand_over" }
  /** Not before `dueAt`, milliseconds since the epoch. */
  | { readonly reason: "wait"; readonly dueAt: number }
  /** Until one of the runs ends or, should nobody tell, `lookAt`; `dueAt`: when a wait beside them is over. */
  | {
      readonly reason: "child";
      readonly runIds: readonly string[];
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

/** What a step gets beside its parameters. */
export interface StepContext {
  /** The step's id in its file. */
  readonly id: string;
  /** Its place in the run, e.g. `3.items.17.0`. */
  readonly path: string;
  /** The value at `input_from`, null when the path resolves to nothing; without `input_from` the whole state. */
  readonly input: Json;
  /** The path that `input` was read from; absent when the file gave none. */
  readonly inputFrom?: string;
  /** Where `output` goes, null when nowhere. */
  readonly outputTo: string | null;
  /** Seconds for one attempt, null without a limit. The engine enforces it unless the step limits itself. */
  readonly timeoutSeconds: number | null;
  /** The same for every attempt of this step in this run. */
  readonly idempotencyKey: string;
  /** From 1. */
  readonly attempt: number;
  /** What earlier attempts spent on models before they failed, in this invocation. */
  readonly spent?: Usage;
  /** Aborts when the attempt's time is up. */
  readonly signal: AbortSignal;
  readonly ports: StepPorts;
  readonly run: JsonObject;
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
  /** The block that an earlier attempt of the run entered: a condition on the environment is not asked twice. */
  enteredBlock(): string | undefined;
  /** Records the failure of one run of a block as accepted; durable, so it never runs again. Its `{ error, error_details }`. */
  acceptFailure(at: string, failure: StepFailure): JsonObject;
  /** What `acceptFailure` recorded for this place in an earlier attempt of the run. */
  acceptedFailure(at: string): JsonObject | undefined;
}

/** Where a step's parameters hold a nested list of steps. */
export interface BlockPlace {
  readonly label: string;
  /** Keys from the step's mapping to the list, e.g. `["else_if", 0, "steps"]`. */
  readonly at: readonly (string | number)[];
  /** True when the list must be there. */
  readonly required: boolean;
  /** Whether its steps write to a view of their own, which is dropped. Default `shared`. */
  readonly scope?: "shared" | "isolated";
  /** A name that its steps can read beside the state. */
  readonly variable?: string;
  /** It may run any number of times, also not at all. */
  readonly repeats?: true;
  /** Keys from the step's mapping to a path that is read where the block ends. */
  readonly resultAt?: readonly (string | number)[];
  /** It runs whenever the step does and no block before it was chosen. */
  readonly always?: boolean;
}

/** Where a step type may have a nested list of steps, for the schema that editors use. */
export interface NestedPlace {
  /** Keys from the step's mapping to the list; `*` is any key or index. */
  readonly at: readonly string[];
  /** True when the mapping that would hold the list must hold it. */
  readonly required: boolean;
  /** Another place where the list may stand instead. */
  readonly or?: readonly string[];
}

/** A step type: its YAML name, its documentation, the schema of its own parameters, and what it does. */
export interface StepDefinition<Params = never> {
  readonly type: string;
  /** One line for the reference. */
  readonly summary: string;
  /** Touches the outside world, so a flush of the journal follows it. */
  readonly effect: boolean;
  /** False when a second try could give another result (a clock, a random number), by the raw parameters where they say. */
  readonly repeatable: boolean | ((raw: JsonObject) => boolean);
  /** Where the result goes when `output_to` is absent; null: nowhere. */
  readonly defaultOutput: string | null;
  /** Default of the common key `timeout`, in seconds; null: no limit. */
  readonly timeoutSeconds: number | null;
  /**
   * The port keeps the time limit of an attempt, and counts from when it is this step's turn: what other runs do there
   * costs it nothing.
   */
  readonly limitsItself?: boolean;
  /** Starts runs by `startRun`. Its `timeout`, the time that it waits for them wherever it does, it keeps itself. */
  readonly startsRuns?: true;
  /** The common key `input_from` must be given. */
  readonly inputRequired?: boolean;
  /** The step's own parameters with templates resolved, in the file's spelling; nested steps are left out. */
  readonly schema: z.ZodType<Params>;
  /** Parameters that default to a template, e.g. `{ api_key: "${env:OPENAI_API_KEY}" }`. */
  readonly templates?: { readonly [parameter: string]: string };
  /** Whether a parameter of `templates` that is absent takes its template, given the others; default: always. */
  takesTemplate?(parameter: string, raw: JsonObject): boolean;
  /** Names that `templates` read: declared by the step, so that only real secrets count as secret. */
  readonly environment?: readonly { readonly name: string; readonly secret: boolean }[];
  /** Parameters that list names of the environment, which the step then reads. */
  readonly environmentNames?: readonly string[];
  /** Parameters that are never templated by the engine (`query` of jq, conditions). */
  readonly untemplated?: readonly string[];
  /** Parameters that are URLs: state inserted behind the host is percent-encoded. */
  readonly urls?: readonly string[];
  /** Parameters that are SOQL: state is inserted as values, which cannot change the query around them. */
  readonly soql?: readonly string[];
  /** Parameters that hold conditions anywhere inside, for checking. Not templated by the engine: `holds` does it. */
  readonly conditions?: readonly string[];
  /** Parameters that hold paths (a string or a list of strings), for checking. Never templated. */
  readonly paths?: readonly string[];
  /** Parameters that map paths to what is written there: keys are checked as targets, values rendered by `renderAssignments`. */
  readonly assignments?: readonly string[];
  /** When the step has failed for good by the other side's doing, `parameter` takes each value of the list `from` in turn, one attempt each. */
  readonly alternatives?: { readonly parameter: string; readonly from: string };
  /**
   * What a result depends on beside the parameters, which are given with templates resolved: what a cached one is found
   * by. Absent: there is nothing to cache.
   */
  dependsOn?(raw: JsonObject, context: StepContext): readonly Json[];
  /** What is written beside the step's result although it failed, where the file accepts that: values by suffix, see {@link beside}. */
  besideFailure?(failure: StepFailure): { readonly [suffix: string]: Json };
  /** Every place where `blocks` may find nested steps. */
  readonly nested?: readonly NestedPlace[];
  /** What is known without running it. */
  readonly facts?: StepFacts;
  /** Where nested steps stand in the raw parameters. */
  blocks?(raw: JsonObject): readonly BlockPlace[];
  /** Checks of literal parameters beyond the schema: messages by parameter, empty when fine. */
  check?(raw: JsonObject): readonly { readonly at: readonly (string | number)[]; readonly message: string }[];
  /** Does the work. Failures are thrown as FlowError; anything else that is thrown is a fault of ours. */
  run(params: Params, context: StepContext): Promise<StepResult> | StepResult;
}

/** Types the parameters of a step by its schema. */
export function defineStep<Params>(definition: StepDefinition<Params>): StepDefinition<Params> {
  return definition;
}

/** A step whose parameter type is forgotten: what the registry holds. Its `run` takes what its `schema` returns. */
export type AnyStep = Omit<StepDefinition<unknown>, "schema" | "run"> & {
  readonly schema: z.ZodType;
  run(params: never, context: StepContext): Promise<StepResult> | StepResult;
};

/** The path beside another: `beside("a.b", "meta")` is `a.b_meta`. */
export function beside(path: string, suffix: string): string {
  const keys = parsePath(path);
  return formatPath([...keys.slice(0, -1), `${keys.at(-1)}_${suffix}`]);
}
