import type { LoopState } from "../core/chunk.ts";
import type { FlowError } from "../core/flow-error.ts";
import type { Json } from "../core/json.ts";
import type { Cache } from "../core/ports/cache.ts";
import type { Log } from "../core/ports/log.ts";
import type { RequestInfo } from "../core/run.ts";
import type { AnyStep } from "../core/step.ts";
import type { ItemsPart, StepPorts } from "../core/step-context.ts";
import type { TraceContext } from "../core/trace-context.ts";
import type { Workflow } from "../core/workflow.ts";
import type { Environment } from "./environment.ts";
import type { Journal } from "./journal.ts";
import type { Waits } from "./waits.ts";

/** How long a run may stay in this invocation. Times in milliseconds since the epoch. */
export interface Limits {
  /** When the run leaves the invocation at the latest; Infinity on a laptop. */
  readonly handOverAt: number;
  /** Time a fresh invocation would give, in milliseconds: an effect that fits there but not here waits for it. */
  readonly freshMs: number;
  /** Longest wait that is spent here instead of in the queue, in milliseconds. */
  readonly longestWaitMs: number;
}

/** The part of a loop of another run that a run works through. */
export interface LoopPart extends ItemsPart {
  /** Id of the loop's step. */
  readonly step: string;
  /** Its path in that run, below which the items of the part have their paths too. */
  readonly path: string;
  readonly state: LoopState;
}

/** Everything one attempt of a run is executed with. */
export interface Execution {
  readonly workflow: Workflow;
  readonly run: {
    readonly id: string;
    readonly attempt: number;
    readonly startedAt: number;
    /** How many runs stand above this one. */
    readonly depth: number;
    /** How often somebody redrove it; absent: never. */
    readonly redrives?: number;
  };
  /** Absent: the run is in no trace. */
  readonly trace?: TraceContext;
  /** Absent: the whole workflow. */
  readonly part?: LoopPart;
  readonly stage: string;
  /** The event body as it arrived. */
  readonly event: Json;
  readonly request: RequestInfo;
  readonly steps: ReadonlyMap<string, AnyStep>;
  readonly ports: StepPorts;
  readonly cache: Cache;
  readonly journal: Journal;
  readonly limits: Limits;
  /** When the whole run's own `timeout` is over, milliseconds since the epoch; what is waited here comes on top. */
  readonly runUntil: number;
  /** What moves {@link runUntil}: waits are not the run's own time. */
  readonly waits: Waits;
  readonly log: Log;
  /** Aborts when somebody cancels the run; its reason is a FlowError `cancelled`. */
  readonly signal: AbortSignal;
  /** The environment in force; replaced by {@link refreshEnvironment}. */
  environment(): Environment;
  /** Reads the secrets again after a provider answered 401. True when something changed. */
  refreshEnvironment(): Promise<boolean>;
  /** The first step that would run fails with this error instead: the run is known to kill its process. */
  readonly poison?: FlowError;
}
