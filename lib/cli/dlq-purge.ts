import type { StageLetter } from "../app/stage-letters.ts";
import type { HistoryOptions } from "./history.ts";
import type { Terminal } from "./new/ask-for-workflow.ts";
import { type ActOptions, actOnAll } from "./operate/act-on-all.ts";
import { type LetterFilter, selectLetters } from "./operate/select-letters.ts";
import { withStage } from "./stage.ts";

/** Options of `dlq purge`. */
export interface DlqPurgeOptions extends HistoryOptions, ActOptions, LetterFilter {}

/**
 * Removes messages from the dead-letter queues; their runs stay as they are.
 * @throws FlowError `invalid_input` for ids without a message there, `config_error` when the stage cannot be asked.
 */
export async function purgeDeadLetters(
  ids: readonly string[],
  options: DlqPurgeOptions,
  terminal: Terminal | undefined,
): Promise<number> {
  return withStage(options, async (stage) => {
    const apply = async (letter: StageLetter) => {
      await letter.remove();
      return { kind: "done", word: "removed" } as const;
    };
    const selection = selectLetters(stage, ids, options);
    return actOnAll(selection, { verb: "remove", done: "removed", apply, asks: true }, options, terminal);
  });
}
