import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import type { TraceContext } from "../../core/trace-context.ts";

/** What makes calls: an attempt of a step, or its question to a model. */
export interface CallingStep {
  readonly trace: TraceContext;
  /** Tells it from all others, of all runs. */
  readonly name: string;
  /** Blanks secrets. */
  blank(text: string): string;
  /** Calls so far. */
  calls: number;
}

/** The attempt in which the code is: what tells the HTTP client whose call it sends. */
export const callingStep = new AsyncLocalStorage<CallingStep>();

/** The span of what has this name: the same wherever and whenever it is asked for. */
export function spanIdOf(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 16);
}

/** The name of what a step does next. */
export function nextCall(step: CallingStep): string {
  step.calls += 1;
  return `${step.name}/${step.calls}`;
}
