import type { Condition } from "./condition.ts";
import type { ErrorClass } from "./flow-error.ts";
import type { Json, JsonObject } from "./json.ts";
import type { CronInput, Overlap, SourceInput } from "./source-input.ts";
import { environmentNamesIn } from "./template.ts";
import type { Handshake, Verification } from "./verification.ts";

/** A checked workflow, reduced to JSON: what the compiler makes, bundles carry and runs execute. */
export interface Workflow {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  /** Stages it is deployed to, as templates over `${env:STAGE}`; absent: every stage. */
  readonly stages?: readonly string[];
  /** Share of the events that it gets when it is deployed, 0 to below 100; absent: all. */
  readonly rolloutPercent?: number;
  /** SHA-256 of everything here that changes what a run does, 64 hex characters. */
  readonly hash: string;
  /** Every name the file or a step's default reads, declared or not. */
  readonly environment: readonly EnvironmentName[];
  readonly input: Input;
  readonly steps: readonly StepNode[];
  readonly onFailure: readonly StepNode[];
  /** Template of the run's result; absent: the whole state. */
  readonly output?: Json;
  readonly timeoutSeconds: number;
  readonly strict: boolean;
  readonly history: { readonly retentionDays: number; readonly redact: readonly string[] };
  readonly changelog: readonly ChangelogEntry[];
  /** The file as its author named it, for messages. */
  readonly file: string;
  /** The file's text, for people; absent in versions that an older release stored. */
  readonly source?: string;
}

/** A name that `${env:…}` reads. */
export interface EnvironmentName {
  readonly name: string;
  /** Its value is blanked wherever something is kept. True for a name that is read but not declared. */
  readonly secret: boolean;
  readonly declared: boolean;
  /** The declared default. */
  readonly default?: string;
  /** False when every placeholder that reads it brings a default of its own. */
  readonly required: boolean;
}

/** What starts a run. */
export type Input = WebhookInput | CronInput | SourceInput;

/** Who may call a webhook, and what comes of a call. */
export interface WebhookInput {
  readonly type: "http_webhook";
  /** Absent: whoever knows the URL. */
  readonly verify?: Verification;
  /** The service that calls, where the file names one. */
  readonly preset?: string;
  /** Questions of the service that are answered without a run. */
  readonly handshakes?: readonly Handshake[];
  /** Absent: every delivery is a run of its own. */
  readonly dedupe?: DedupeRule;
  /** JSON Schema of the body; absent: any body. */
  readonly schema?: JsonObject;
  /** A delivery for which one of them does not hold is dropped; absent: none is. */
  readonly filter?: readonly Condition[];
  /** Absent: the sender is answered as soon as the event is stored. */
  readonly respond?: RespondRule;
  /** Absent: as much as comes. */
  readonly limits?: InputLimits;
}

/** How a sender is answered with what came of the run. */
export interface RespondRule {
  /** How long it waits; then it gets the run's id. */
  readonly waitSeconds: number;
  /** Of a run that succeeded. */
  readonly status: number;
  /** Template over the event, the final state and `output`; absent: the run's result. */
  readonly body?: Json;
}

/** How much a webhook takes. */
export interface InputLimits {
  readonly rate?: RateLimit;
  readonly concurrency?: ConcurrencyLimit;
  readonly debounce?: DebounceRule;
  readonly batch?: BatchRule;
}

/** Deliveries of a key share a run, which begins when there are so many, or after a while. */
export interface BatchRule {
  readonly size: number;
  /** From the first of them. */
  readonly seconds: number;
  /** As {@link RateLimit.key}. */
  readonly key?: string;
}

/** Of deliveries of a key that follow one another, the last one runs. */
export interface DebounceRule {
  /** How long nothing may follow. */
  readonly seconds: number;
  /** How long deliveries may follow one another until one of them runs; absent: for ever. */
  readonly maxSeconds?: number;
  /** As {@link RateLimit.key}. */
  readonly key?: string;
}

/** How many runs of a key are at work at once. */
export interface ConcurrencyLimit {
  readonly count: number;
  /** As {@link RateLimit.key}. */
  readonly key?: string;
}

/** How many deliveries of a key are taken: `count` at once, then one each time that `perSeconds / count` are over. */
export interface RateLimit {
  readonly count: number;
  readonly perSeconds: number;
  /** Template over the event; absent, or where a part of it resolves to nothing: the workflow's deliveries share the limit. */
  readonly key?: string;
  /** What becomes of more: they are answered 429, or their runs begin when it is their turn. */
  readonly over: "reject" | "queue";
}

/** Which deliveries are the same. */
export interface DedupeRule {
  /** Template over the event; a delivery for which a part of it resolves to nothing is a run of its own. */
  readonly key: string;
  /** Seconds from the first delivery of a key. */
  readonly windowSeconds: number;
}

/** One version of the file's leading changelog comment. */
export interface ChangelogEntry {
  readonly version: string;
  readonly date: string;
  readonly changes: readonly string[];
}

/** What happens when a step has failed for good, language.md section 4. */
export type FailurePolicy = "fail" | "drop" | "continue_with_null" | "continue_with_error";

/** One step of a workflow, its common keys worked out, its own parameters still untemplated. */
export interface StepNode {
  readonly type: string;
  /** Unique in the file. */
  readonly id: string;
  readonly name?: string;
  /** Line of the step in its file, from 1. */
  readonly line: number;
  readonly when?: readonly Condition[];
  readonly inputFrom?: string;
  /** Path the result is written to; null: it is not written. */
  readonly outputTo: string | null;
  /** Merge an object result into the state's root. */
  readonly inject: boolean;
  readonly retry: RetryRule;
  /** Seconds for one attempt; null: no limit of its own. */
  readonly timeoutSeconds: number | null;
  readonly onError: FailurePolicy;
  readonly effect: "at_least_once" | "at_most_once";
  /** Absent: the result is not kept for others. */
  readonly cache?: CacheRule;
  /** The step's own parameters as in the file, the defaults that are templates filled in. */
  readonly params: JsonObject;
  /** Nested lists of steps by label (`if`, `else_if_1`, `steps`). */
  readonly blocks: { readonly [label: string]: readonly StepNode[] };
}

/** When and how often a failing step is tried again. */
export interface RetryRule {
  /** Further attempts, 0–10. */
  readonly retries: number;
  readonly backoffSeconds: number;
  readonly backoff: "exponential" | "constant";
  readonly maxBackoffSeconds: number;
  readonly retryOn: readonly ErrorClass[];
}

/** How long and for whom a step's result is kept (language.md section 7). */
export interface CacheRule {
  readonly ttlSeconds: number;
  /** Template of what results are kept apart by; absent: by everything that the step's result depends on. */
  readonly key?: string;
  /** Who shares a result: the steps of one run, of all runs of the workflow, of all workflows of the stage. */
  readonly scope: "run" | "workflow" | "stage";
}

/** What ingest must know of a workflow: no steps, no text. */
export interface InputEntry {
  readonly name: string;
  readonly hash: string;
  readonly type: Input["type"];
  readonly stages?: readonly string[];
  readonly retentionDays: number;
  /** Paths that are blanked where an event is kept that is not to run; absent: none. */
  readonly redact?: readonly string[];
  /** Of a schedule. */
  readonly schedule?: { readonly overlap: Overlap; readonly payload: JsonObject };
  /** Of a queue: its ARN, which may read the environment. */
  readonly queue?: string;
  /** Of a webhook. */
  readonly webhook?: Omit<WebhookInput, "type">;
  /** The names that the input reads; absent: none. */
  readonly environment?: readonly EnvironmentName[];
}

/** The table of inputs that ingest carries. */
export function inputTable(workflows: readonly Workflow[]): readonly InputEntry[] {
  return workflows.map(({ name, hash, input, stages, history, environment }) => {
    const read = namesIn(input);
    const names = environment.filter((one) => read.has(one.name));
    return {
      name,
      hash,
      type: input.type,
      ...(stages && { stages }),
      retentionDays: history.retentionDays,
      ...(history.redact.length > 0 && { redact: history.redact }),
      ...factsOf(input),
      ...(names.length > 0 && { environment: names }),
    };
  });
}

function factsOf(input: Input): Pick<InputEntry, "webhook" | "schedule" | "queue"> {
  switch (input.type) {
    case "http_webhook": {
      const { type: _type, ...webhook } = input;
      return Object.keys(webhook).length > 0 ? { webhook } : {};
    }
    case "cron":
      return { schedule: { overlap: input.overlap, payload: input.payload } };
    case "sqs":
      return { queue: input.queue };
    default:
      return {};
  }
}

/** The names of the environment that an input reads before there is a run; a schedule's payload is read by the run. */
function namesIn(input: Input): ReadonlySet<string> {
  if (input.type === "cron") return new Set();
  return new Set(environmentNamesIn(input as unknown as Json));
}

/** Whether a workflow is deployed to a stage; `${env:STAGE, …}` in its list stands for the stage itself. */
export function isDeployedTo(stage: string, workflow: { readonly stages?: readonly string[] }): boolean {
  return (
    workflow.stages === undefined ||
    workflow.stages.some((one) => one === stage || /^\$\{env:STAGE\s*(?:,[^}]*)?\}$/.test(one))
  );
}
