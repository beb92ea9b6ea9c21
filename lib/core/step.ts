import type * as z from "zod";
import type { Json, JsonObject } from "./json.ts";
import type { beside } from "./path.ts";
import type { ItemsPart, StepContext } from "./step-context.ts";
import type { StepFacts } from "./step-facts.ts";
import type { PartEnd, StepFailure, StepResult } from "./step-result.ts";

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
  /** Its steps run in runs of their own. */
  readonly distributed?: true;
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
  /** Ends the whole run well, wherever it stands: only the run itself can do that. */
  readonly stopsRun?: true;
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
  /** Works through a part of the items that the step has distributed. An item that was not begun has no end. */
  runPart?(params: Params, context: StepContext, part: ItemsPart): Promise<readonly (PartEnd | undefined)[]>;
}

/** Types the parameters of a step by its schema. */
export function defineStep<Params>(definition: StepDefinition<Params>): StepDefinition<Params> {
  return definition;
}

/** A step whose parameter type is forgotten: what the registry holds. Its `run` takes what its `schema` returns. */
export type AnyStep = Omit<StepDefinition<unknown>, "schema" | "run" | "runPart"> & {
  readonly schema: z.ZodType;
  run(params: never, context: StepContext): Promise<StepResult> | StepResult;
  runPart?(params: never, context: StepContext, part: ItemsPart): Promise<readonly (PartEnd | undefined)[]>;
};
