import { type RunLetter, runLetters } from "../../app/run-letters.ts";
import { FlowError } from "../../core/flow-error.ts";
import type { Stage } from "../stage.ts";
import type { Selection } from "./act-on-all.ts";
import { checkRunIds, type RunFilter } from "./select-runs.ts";

/** Which dead letters a command is for. */
export interface LetterFilter extends Pick<RunFilter, "workflow" | "class" | "since" | "until"> {
  /** Only those that no code of ours wrote. */
  readonly foreign?: boolean;
  /** Only those whose run is not failed, or not there, any more. */
  readonly stale?: boolean;
}

/**
 * The dead letters of some runs, or those a filter finds; without either all.
 * @throws FlowError `invalid_input` for ids that are none.
 */
export function selectLetters(
  { store, deadLetters }: Pick<Stage, "store" | "deadLetters">,
  runIds: readonly string[],
  filter: LetterFilter,
): Selection<RunLetter> {
  checkRunIds(runIds);
  const items = async function* (): AsyncGenerator<RunLetter> {
    for await (const letter of runLetters(store, deadLetters))
      if (matches(letter, runIds, filter)) yield letter;
  };
  return {
    noun: "message",
    isNamed: runIds.length > 0,
    items,
    idOf: ({ runId, messageId }) => runId ?? messageId,
    async count() {
      const missing = new Set(runIds);
      let count = 0;
      for await (const { runId } of items()) {
        count += 1;
        if (runId !== undefined) missing.delete(runId);
      }
      const [none] = missing;
      if (none !== undefined)
        throw new FlowError("invalid_input", `no message of the dead-letter queue is of run ${none}`);
      return count;
    },
  };
}

function matches(
  { runId, reason, run, sentAt }: RunLetter,
  runIds: readonly string[],
  filter: LetterFilter,
): boolean {
  const { workflow, class: errorClass, since, until, foreign, stale } = filter;
  return (
    (runIds.length === 0 || (runId !== undefined && runIds.includes(runId))) &&
    (workflow === undefined || run?.workflow === workflow) &&
    (errorClass === undefined || reason?.class === errorClass) &&
    (since === undefined || sentAt >= since) &&
    (until === undefined || sentAt <= until) &&
    (!foreign || runId === undefined) &&
    (!stale || (runId !== undefined && run?.status !== "failed"))
  );
}
