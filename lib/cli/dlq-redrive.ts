import { redriveRun } from "../app/redrive-run.ts";
import type { StageLetter } from "../app/stage-letters.ts";
import type { HistoryOptions } from "./history.ts";
import type { Terminal } from "./new/ask-for-workflow.ts";
import { type ActOptions, actOnAll, type Outcome } from "./operate/act-on-all.ts";
import { isForeign, type LetterFilter, selectLetters } from "./operate/select-letters.ts";
import { redriveOutcome } from "./runs-redrive.ts";
import { withStage } from "./stage.ts";

/** Options of `dlq redrive`. */
export interface DlqRedriveOptions extends HistoryOptions, ActOptions, LetterFilter {
  readonly repeatUnknown?: boolean;
}

/**
 * Redrives the runs whose messages lie in the dead-letter queues, sends those that could not become events back to where they
 * came from, and removes both. One whose run is not failed any more is removed too; one whose run cannot be redriven stays, and
 * so does one that no code of ours wrote, unless it is an event's and was named.
 * @throws FlowError `invalid_input` for ids without a message there, `config_error` when the stage cannot be asked.
 */
export async function redriveDeadLetters(
  ids: readonly string[],
  options: DlqRedriveOptions,
  terminal: Terminal | undefined,
): Promise<number> {
  const { repeatUnknown = false } = options;
  return withStage(options, async (stage) => {
    const apply = async (letter: StageLetter): Promise<Outcome> => {
      if (letter.kind === "event" && (!isForeign(letter) || ids.length > 0)) {
        await stage.sendBack(letter);
        await letter.remove();
        return { kind: "done", word: "redriven" };
      }
      if (letter.runId === undefined) return { kind: "left_out", word: "not understood", note: letter.body };
      const result = await redriveRun(stage.operator, letter.runId, { repeatUnknown });
      if (result.kind === "redriven" || result.kind === "not_failed") await letter.remove();
      if (result.kind === "not_failed")
        return { kind: "done", word: `removed because the run is ${result.status}` };
      return redriveOutcome(result);
    };
    const selection = selectLetters(stage, ids, options);
    return actOnAll(selection, { verb: "redrive", done: "redriven", apply }, options, terminal);
  });
}
