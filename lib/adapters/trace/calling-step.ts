import { AsyncLocalStorage } from "node:async_hooks";
import type { TraceContext } from "../../core/trace-context.ts";

/** An attempt of a step that makes calls. */
export interface CallingStep {
  readonly trace: TraceContext;
  /** Tells the attempt from all others, of all runs. */
  readonly name: string;
  /** Calls so far. */
  calls: number;
}

/** The attempt in which the code is: what tells the HTTP client whose call it sends. */
export const callingStep = new AsyncLocalStorage<CallingStep>();
