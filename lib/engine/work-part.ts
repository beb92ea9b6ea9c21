import type { ItemEnd } from "../core/chunk.ts";
import { FlowError, heals } from "../core/flow-error.ts";
import type { RunError } from "../core/journal.ts";
import type { StepContext } from "../core/step-context.ts";
import type { PartEnd, StepFailure } from "../core/step-result.ts";
import type { StepNode } from "../core/workflow.ts";
import { interruptionOf } from "../steps/block-ends.ts";
import { EarlyEnd } from "./early-end.ts";
import type { Execution, LoopPart } from "./execution.ts";
import { Interpreter } from "./interpreter.ts";
import { reservedNames } from "./reader.ts";
import type { RunEnd } from "./run-end.ts";
import { stepContext } from "./step-context.ts";
import { stepParams } from "./step-params.ts";
import { runErrorOf, StepRecord } from "./step-record.ts";
import { View } from "./view.ts";
import type { Place, Walk } from "./walk.ts";

/**
 * Works through a part of a loop as the loop itself would, at the same paths and on the same state. A failure that can heal
 * is tried again by a further delivery; what is left at the last one is told to the loop, which knows what it accepts.
 */
export async function workPart(execution: Execution, part: LoopPart, lastDelivery: boolean): Promise<RunEnd> {
  const { redactor } = execution.environment();
  const place = placeOf(execution, part);
  if (place instanceof FlowError) return unworkable(place);
  const walk = walkOf(execution, part);
  const { node, path } = place;
  const context = stepContext(walk, place, {
    record: new StepRecord(
      node,
      { path, item: undefined },
      execution.environment,
      execution.ports.clock.now(),
    ),
    hidden: new Map(),
    signal: execution.signal,
    attempt: 1,
    alternative: 0,
    spent: undefined,
  });
  const ends = await partEnds(walk, place, part, context);
  if (ends instanceof FlowError) return unworkable(ends);
  const begun = ends.filter((end) => end !== undefined);
  const interruption = interruptionOf(begun, "items", context);
  if (interruption?.kind === "pause") return { kind: "paused", pause: interruption.pause };
  const failures = ends.flatMap((end) => (end?.kind === "fail" ? [end.failure] : []));
  const failure = failures.find(({ endsRun }) => endsRun) ?? failures[0];
  // A list with holes: its own `map` would leave them out.
  if (failure?.error.class === "cancelled")
    return { kind: "cancelled", error: runErrorOf(failure, redactor) };
  const kept = Array.from(ends, (end) => itemEnd(end, failure, (one) => runErrorOf(one, redactor)));
  if (!failure) return { kind: "succeeded", ends: kept };
  const mayHeal = failures.find(({ error }) => heals(error.class) && !error.final);
  const again = mayHeal && !failure.endsRun && !lastDelivery ? mayHeal : undefined;
  const error = runErrorOf(again ?? failure, redactor);
  if (again) return { kind: "failed", error, heals: true, retryAfterMs: again.error.retryAfterMs ?? 0 };
  return { kind: "failed", error, heals: false, retryAfterMs: 0, ends: kept };
}

/** The loop's step, on the state that its items begin with. */
function placeOf({ workflow, steps }: Execution, { path, step, state }: LoopPart): Place | FlowError {
  const node = findNode([...workflow.steps, ...workflow.onFailure], step);
  const definition = node && steps.get(node.type);
  if (!node || !definition?.runPart)
    return new FlowError("config_error", `this version of Hookline cannot work through a part of ${step}`);
  return { node, definition, path, view: View.of(state.state) };
}

/** A walk on which the reserved names stand for the run that the loop is in; the attempt is this run's. */
function walkOf(execution: Execution, { state }: LoopPart): Walk {
  const { event: input, request, run, error } = state;
  const own = reservedNames(execution);
  const attempt = own.run.attempt ?? null;
  const names = { ...own, input, request, run: { ...run, attempt }, ...(error && { error }) };
  return new Interpreter(execution, names, new EarlyEnd(execution.journal, ""));
}

async function partEnds(
  walk: Walk,
  { node, definition, view }: Place,
  part: LoopPart,
  context: StepContext,
): Promise<readonly (PartEnd | undefined)[] | FlowError> {
  try {
    const lookup = walk.lookup(view, () => {});
    const params = stepParams(node, definition, lookup);
    return (await definition.runPart?.(params as never, context, part)) ?? [];
  } catch (thrown) {
    if (!(thrown instanceof FlowError) || walk.execution.journal.isFailure(thrown)) throw thrown;
    return thrown;
  }
}

function findNode(nodes: readonly StepNode[], id: string): StepNode | undefined {
  for (const node of nodes) {
    const found = node.id === id ? node : findNode(Object.values(node.blocks).flat(), id);
    if (found) return found;
  }
  return undefined;
}

function unworkable({ class: errorClass, message }: FlowError): RunEnd {
  const error = { step: null, class: errorClass, message, details: {} };
  if (errorClass === "cancelled") return { kind: "cancelled", error };
  return { kind: "failed", error, heals: false, retryAfterMs: 0 };
}

/** An item that was not begun ends as what kept it from beginning. */
function itemEnd(
  end: PartEnd | undefined,
  failure: StepFailure | undefined,
  errorOf: (failure: StepFailure) => RunError,
): ItemEnd {
  if (end?.kind === "result") return { kind: "result", ...(end.value !== undefined && { value: end.value }) };
  if (end?.kind === "drop") return end;
  const why = end?.kind === "fail" ? end.failure : failure;
  if (!why) throw new Error("an item of a chunk was not begun, and nothing says why");
  const own = end?.kind === "fail" && end.failure.asFileSays;
  return {
    kind: "fail",
    error: errorOf(why),
    attempts: why.attempts,
    ...(own && { endsRun: true }),
  };
}
