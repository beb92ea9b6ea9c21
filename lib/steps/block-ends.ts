import { FlowError } from "../core/flow-error.ts";
import type { BlockOptions, StepContext } from "../core/step-context.ts";
import type { Interruption, PartEnd, Pause } from "../core/step-result.ts";

/** What a step runs several times or beside others, and what it makes of it. */
export interface Part extends BlockOptions {
  readonly label: string;
  readonly at: string;
  /** Path of the result in the part's scope; absent: everything its steps wrote. */
  readonly resultFrom?: string | undefined;
  /** A failure leaves `{ error, error_details }` as the result. */
  readonly acceptsFailure: boolean;
}

/**
 * Runs one part to its end. One whose failure was accepted in an earlier attempt of the run does not run again, nor does
 * one that failed in this delivery while others waited.
 */
export async function runPart(context: StepContext, part: Part): Promise<PartEnd> {
  const { label, resultFrom, acceptsFailure, ...options } = part;
  const accepted = context.acceptedFailure(part.at, part.bind);
  if (accepted) return { kind: "result", value: accepted };
  const kept = context.keptFailure(part.at);
  if (kept) return { kind: "fail", failure: kept };
  const end = await context.runBlock(label, options);
  if (end.kind === "done")
    return { kind: "result", value: resultFrom === undefined ? end.written : end.read(resultFrom) };
  if (end.kind === "fail" && acceptsFailure && !end.failure.endsRun)
    return { kind: "result", value: context.acceptFailure(part.at, end.failure) };
  return end.kind === "fail" ? { ...end, at: part.at } : end;
}

/** True for an end that the step around it cannot take as a result. */
export function isInterruption(end: PartEnd): end is Interruption {
  return end.kind !== "result" && end.kind !== "drop";
}

/** True for an end of the whole run: no further part is begun. */
export function endsRun(end: PartEnd): boolean {
  return end.kind === "stop" || (end.kind === "fail" && end.failure.endsRun === true);
}

/**
 * What parts that ran beside each other mean for their step, undefined when all have a result. The run's end comes
 * first, then a pause (parts that failed stay so until the others have ended), then the failures as one.
 */
export function interruptionOf(
  ends: readonly PartEnd[],
  parts: string,
  context: StepContext,
): Interruption | undefined {
  const interruptions = ends.filter(isInterruption);
  const runEnd = interruptions.find(endsRun);
  if (runEnd) return runEnd;
  const pauses = interruptions.flatMap((end) => (end.kind === "pause" ? [end.pause] : []));
  if (pauses.length > 0) {
    for (const end of ends)
      if (end?.kind === "fail" && end.at !== undefined) context.keepFailure(end.at, end.failure);
    return { kind: "pause", pause: pauses.reduce(sooner) };
  }
  const failures = interruptions.flatMap((end) => (end.kind === "fail" ? [end.failure] : []));
  const [first] = failures;
  if (first === undefined) return undefined;
  const { error } = first;
  const message = `${failures.length} of ${ends.length} ${parts} failed: ${error.message}`;
  return { kind: "fail", failure: { ...first, error: retold(error, message) } };
}

function retold(error: FlowError, message: string): FlowError {
  const { status, body, retryAfterMs, final, details } = error;
  return new FlowError(error.class, message, { status, body, retryAfterMs, final, details, cause: error });
}

function sooner(a: Pause, b: Pause): Pause {
  if (a.reason === "hand_over" || b.reason === "hand_over") return { reason: "hand_over" };
  if (a.reason === "wait" && b.reason === "wait") return b.dueAt < a.dueAt ? b : a;
  const both = [a, b];
  const children = both.flatMap((pause) => (pause.reason === "child" ? [pause] : []));
  const dueTimes = both.flatMap(({ dueAt }) => (dueAt === undefined ? [] : [dueAt]));
  return {
    reason: "child",
    awaited: children.flatMap(({ awaited }) => awaited),
    lookAt: Math.min(...children.map(({ lookAt }) => lookAt)),
    dueAt: dueTimes.length === 0 ? undefined : Math.min(...dueTimes),
  };
}
