import { type Redriving, redriveRun } from "../app/redrive-run.ts";
import type { HistoryOptions } from "./history.ts";
import type { Terminal } from "./new/ask-for-workflow.ts";
import { type ActOptions, actOnAll, type Outcome } from "./operate/act-on-all.ts";
import { filterOf, type RunFilter, selectRuns } from "./operate/select-runs.ts";
import { withStage } from "./stage.ts";

/** Options of `runs redrive`. */
export interface RunsRedriveOptions extends HistoryOptions, ActOptions, RunFilter {
  readonly repeatUnknown?: boolean;
}

/**
 * Puts failed runs back into the queue, to go on at the step that failed.
 * @throws FlowError `invalid_input` for runs that cannot be meant, `config_error` when the stage cannot be asked.
 */
export async function redriveRuns(
  ids: readonly string[],
  options: RunsRedriveOptions,
  terminal: Terminal | undefined,
): Promise<number> {
  const { repeatUnknown = false } = options;
  return withStage(options, async (stage) => {
    const selection = await selectRuns(stage, ids, filterOf(options), ["failed"]);
    const apply = async (runId: string) =>
      redriveOutcome(await redriveRun(stage.operator, runId, { repeatUnknown }));
    return actOnAll(selection, { verb: "redrive", done: "redriven", apply }, options, terminal);
  });
}

/** What redriving a run came to, in words. */
export function redriveOutcome(result: Redriving): Outcome {
  switch (result.kind) {
    case "redriven":
      return { kind: "done", word: "redriven" };
    case "not_failed":
      return { kind: "left_out", word: result.status, note: "only a failed run is redriven" };
    case "blanked":
      return { kind: "left_out", word: "blanked", note: "history.redact left nothing to go on with" };
    case "missing":
      return { kind: "missing", word: "not found" };
    case "unknown_outcome":
      return {
        kind: "left_out",
        word: "unknown outcome",
        note: `step ${result.steps.join(", ")} may be run once at most and had no answer: see whether it took effect, then --repeat-unknown runs it again`,
      };
  }
}
