import { FlowError } from "../core/flow-error.ts";
import type { JournalEntry, Write } from "../core/journal.ts";
import { isObject, type Json } from "../core/json.ts";
import { beside, formatPath, readPath } from "../core/path.ts";
import type { Redactor } from "../core/redactor.ts";
import type { StepFailure, StepResult } from "../core/step-result.ts";
import { checkValue } from "../core/value-limits.ts";
import { entryTraits } from "./entry-traits.ts";
import type { Execution } from "./execution.ts";
import { targetOf } from "./reader.ts";
import { replaceState } from "./replace-state.ts";
import { acceptedFailure, type StepEnd, type StepRecord } from "./step-record.ts";
import type { Attempted, ListEnd, Place } from "./walk.ts";

/** Writes what a step did into state and journal, applies its failure policy, and says how the list goes on. */
export function concludeStep(
  execution: Execution,
  place: Place,
  { result, attempts, spent, cached }: Attempted,
  record: StepRecord,
  hidden: ReadonlyMap<string, Write>,
): ListEnd {
  const { redactor } = execution.environment();
  const restore = [...hidden.values()];
  const end = ({ patch = [], ...more }: Omit<StepEnd, "attempts">): void => {
    const written = { ...more, patch: place.view.named(patch), attempts };
    const entry = record.entry(written, execution.ports.clock.now());
    settle(execution, place, entry);
  };
  const refusal = (error: unknown): StepFailure => {
    if (!(error instanceof FlowError)) throw error;
    return { path: place.path, id: place.node.id, error, attempts };
  };
  try {
    switch (result.kind) {
      case "next":
        end({
          status: cached ? "cached" : "ok",
          ...cached,
          patch: [...restore, ...writesOf(place, result, redactor, record)],
          usage: result.usage,
          note: result.note,
        });
        return { kind: "done" };
      case "drop":
        end({ status: "dropped", patch: restore, note: result.reason });
        return { kind: "drop", reason: result.reason };
      case "stop":
        end({ status: "stopped", patch: restore, note: result.reason });
        return { kind: "stop", reason: result.reason };
      case "pause":
        return result;
      case "fail":
        // Attempts that were counted across a wait are used up: whoever tries the step anew counts from the first.
        if (isCounted(execution, place) && isPassedOn(place, result.failure))
          end({ status: "failed", failure: result.failure });
        return applyPolicy(place, result.failure, restore, redactor, record, (more) =>
          end({ ...more, usage: spent }),
        );
    }
  } catch (error) {
    // A result that the state cannot take (an index behind a list's end) is the step's failure, with its policy.
    const failure = refusal(error);
    const usage = result.kind === "next" ? result.usage : spent;
    if (result.kind === "next") {
      try {
        return applyPolicy(place, failure, restore, redactor, record, (more) => end({ ...more, usage }));
      } catch (again) {
        // What the policy leaves in place of the result has no place either.
        refusal(again);
      }
    }
    end({ status: "failed", failure, usage });
    return { kind: "fail", failure };
  }
}

function settle({ journal }: Execution, place: Place, entry: JournalEntry): void {
  place.view.apply(entry.patch);
  const { effect, repeatable } = entryTraits(place);
  journal.record(entry, { effect: effect && entry.status !== "cached", repeatable });
}

/** The journal keeps how often the control step was tried, or which of its attempts its chunks are at work for. */
function isCounted({ journal }: Execution, { path }: Place): boolean {
  const status = journal.unsettled(path)?.status;
  return status === "retrying" || status === "waiting";
}

/** A step inside the block has failed and has its own entry: the control step around it has not ended. */
function isPassedOn({ node, path }: Place, failure: StepFailure): boolean {
  return failure.path !== path && (node.onError === "fail" || failure.endsRun === true);
}

/** The table of language.md section 4, "when a step has failed for good". */
function applyPolicy(
  place: Place,
  failure: StepFailure,
  restore: readonly Write[],
  redactor: Redactor,
  record: StepRecord,
  end: (more: Omit<StepEnd, "attempts">) => void,
): ListEnd {
  const { node, definition } = place;
  if (node.onError === "fail" || failure.endsRun) {
    if (!isPassedOn(place, failure)) end({ status: "failed", failure });
    return { kind: "fail", failure };
  }
  if (node.onError === "drop") {
    const reason = `${node.id} failed: ${failure.error.message}`;
    end({ status: "dropped", patch: restore, failure, note: reason });
    return { kind: "drop", reason };
  }
  const patch = [...restore];
  if (node.outputTo !== null) {
    const value = node.onError === "continue_with_null" ? null : acceptedFailure(failure, redactor);
    patch.push({ path: targetOf(node.outputTo), value });
    for (const [suffix, more] of Object.entries(definition.besideFailure?.(failure) ?? {}))
      patch.push(...writeBeside(place, beside(node.outputTo, suffix), redactor.json(more), record));
  }
  end({ status: "failed", handled: true, patch, failure });
  return { kind: "done" };
}

/** The writes of a result. Secrets are blanked here, so that live and stored state are the same. */
function writesOf(
  place: Place,
  { output, replacesState, also = {} }: Extract<StepResult, { kind: "next" }>,
  redactor: Redactor,
  record: StepRecord,
): Write[] {
  const { node, view } = place;
  const writes: Write[] = [];
  if (output !== undefined) {
    const value = writable(output, redactor);
    if (node.inject && isObject(value)) {
      for (const [key, item] of Object.entries(value)) writes.push({ path: [key], value: item });
    } else if (node.outputTo !== null) writes.push({ path: targetOf(node.outputTo), value });
    else if (replacesState && isObject(value)) writes.push(...replaceState(view.state, value));
  }
  for (const [target, value] of Object.entries(also))
    writes.push(...writeBeside(place, target, writable(value, redactor), record));
  return writes;
}

/** A value with secrets blanked. @throws as `checkValue` */
function writable(value: Json, redactor: Redactor): Json {
  checkValue(value);
  return redactor.json(value);
}

/** The write of a value beside a result, which has no place where the result is an element of a list. */
function writeBeside({ view }: Place, target: string, value: Json, record: StepRecord): Write[] {
  const path = targetOf(target);
  const parent = path.slice(0, -1);
  const name = path.at(-1) ?? "";
  if (!Array.isArray(readPath(view.state, parent)) || /^\d+$/.test(name)) return [{ path, value }];
  record.warn(`${formatPath(parent)} is a list, so ${name} has no place beside the element: it was left out`);
  return [];
}
