import { type StageLetter, stageLetters } from "../../app/stage-letters.ts";
import { FlowError } from "../../core/flow-error.ts";
import type { Stage } from "../stage.ts";
import type { Selection } from "./act-on-all.ts";
import type { RunFilter } from "./select-runs.ts";

/** Which dead letters a command is for. */
export interface LetterFilter extends Pick<RunFilter, "workflow" | "class" | "since" | "until"> {
  /** Those of runs only, or those that could not become events. */
  readonly of?: "runs" | "events";
  /** Only those that no code of ours wrote. */
  readonly foreign?: boolean;
  /** Only those whose run is not failed, or not there, any more. */
  readonly stale?: boolean;
}

/** The id that a dead letter is named by: its run's, or the message's own. */
export function idOfLetter({ runId, messageId }: StageLetter): string {
  return runId ?? messageId;
}

/** True for one that no code of ours wrote. */
export function isForeign(letter: StageLetter): boolean {
  return letter.kind === "run" ? letter.runId === undefined : letter.event === undefined;
}

/** The dead letters of some ids, or those a filter finds; without either all. Counting throws FlowError `invalid_input` for an id of none. */
export function selectLetters(
  { store, letterBoxes }: Pick<Stage, "store" | "letterBoxes">,
  ids: readonly string[],
  filter: LetterFilter,
): Selection<StageLetter> {
  const items = async function* (): AsyncGenerator<StageLetter> {
    for await (const letter of stageLetters(store, await letterBoxes()))
      if (matches(letter, ids, filter)) yield letter;
  };
  return {
    noun: "message",
    isNamed: ids.length > 0,
    items,
    idOf: idOfLetter,
    async count() {
      const missing = new Set(ids);
      let count = 0;
      for await (const letter of items()) {
        count += 1;
        for (const id of idsOf(letter)) missing.delete(id);
      }
      const [none] = missing;
      if (none !== undefined)
        throw new FlowError(
          "invalid_input",
          `no message of the dead-letter queue is of run ${none}, or is it`,
        );
      return count;
    },
  };
}

function idsOf({ runId, messageId }: StageLetter): readonly string[] {
  return runId === undefined ? [messageId] : [runId, messageId];
}

function matches(letter: StageLetter, ids: readonly string[], filter: LetterFilter): boolean {
  const { reason, sentAt } = letter;
  const { workflow, class: errorClass, since, until, foreign, stale, of } = filter;
  return (
    (ids.length === 0 || idsOf(letter).some((id) => ids.includes(id))) &&
    (of === undefined || of === `${letter.kind}s`) &&
    (workflow === undefined || workflowOf(letter) === workflow) &&
    (errorClass === undefined || reason?.class === errorClass) &&
    (since === undefined || sentAt >= since) &&
    (until === undefined || sentAt <= until) &&
    (!foreign || isForeign(letter)) &&
    (!stale || isStale(letter))
  );
}

/** The workflow that a dead letter is for, where that is known. */
export function workflowOf(letter: StageLetter): string | undefined {
  return letter.kind === "run" ? letter.run?.workflow : letter.event?.workflow;
}

function isStale(letter: StageLetter): boolean {
  return letter.kind === "run" && letter.runId !== undefined && letter.run?.status !== "failed";
}
