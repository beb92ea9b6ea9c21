import type { ErrorClass } from "../flow-error.ts";
import type { Json } from "../json.ts";
import type { ParentLink } from "../run.ts";

/** A run that a step of another run asks for. */
export interface ChildRequest {
  /** UUIDv7: its time is the run's creation time. */
  readonly runId: string;
  /** Name of a workflow of the same stage. */
  readonly workflow: string;
  /** The event body; holds no secret. */
  readonly event: Json;
  readonly parent: ParentLink;
}

/** How a run stands, and what came of it. */
export type ChildOutcome =
  | { readonly kind: "missing" }
  /** `queued`: nobody has taken it up yet. */
  | { readonly kind: "under_way"; readonly queued: boolean }
  /** `output`: the workflow's `output`, or its final state where it has none. */
  | { readonly kind: "succeeded"; readonly output: Json }
  | { readonly kind: "dropped"; readonly reason: string }
  | {
      readonly kind: "failed" | "cancelled";
      readonly class: ErrorClass;
      readonly message: string;
      /** Path of the step that failed; null when none is to blame. */
      readonly step: string | null;
    };

/** Runs that steps of other runs start and wait for. */
export interface ChildRuns {
  /** @throws FlowError `config_error`, with the nearest name, when the stage has no such workflow. */
  check(workflow: string): Promise<void>;
  /**
   * Makes the run and sends it on its way; one that is there already is only sent again.
   * @throws as `check`, and FlowError `connection`, `rate_limited` or `server_error` when store or queue do not take it.
   */
  start(request: ChildRequest): Promise<void>;
  /** @throws FlowError as `start`, when the store cannot be asked. */
  outcome(runId: string): Promise<ChildOutcome>;
  /** Resolves after `ms`, or when the run ends, where that is noticed here; rejects with the reason when the signal aborts. */
  untilEnd(runId: string, ms: number, signal: AbortSignal): Promise<void>;
}
