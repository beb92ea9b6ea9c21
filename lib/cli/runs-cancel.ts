import { type CancelResult, cancelRun } from "../app/cancel-run.ts";
import type { HistoryOptions } from "./history.ts";
import type { Terminal } from "./new/ask-for-workflow.ts";
import { type ActOptions, actOnAll, type Outcome } from "./operate/act-on-all.ts";
import { filterOf, type RunFilter, selectRuns } from "./operate/select-runs.ts";
import { withStage } from "./stage.ts";

/** Options of `runs cancel`. */
export interface RunsCancelOptions extends HistoryOptions, ActOptions, RunFilter {}

/**
 * Ends runs as cancelled, and those that they wait for.
 * @throws FlowError `invalid_input` for runs that cannot be meant, `config_error` when the stage cannot be asked.
 */
export async function cancelRuns(
  ids: readonly string[],
  options: RunsCancelOptions,
  terminal: Terminal | undefined,
): Promise<number> {
  return withStage(options, async (stage) => {
    const selection = await selectRuns(stage, ids, filterOf(options), ["queued", "waiting", "running"]);
    const apply = async (runId: string) => cancelOutcome(await cancelRun(stage.operator, runId));
    return actOnAll(selection, { verb: "cancel", done: "cancelled", apply }, options, terminal);
  });
}

function cancelOutcome(result: CancelResult): Outcome {
  switch (result.kind) {
    case "cancelled":
      return { kind: "done", word: result.before ? "cancelled before" : "cancelled" };
    case "final":
      return { kind: "left_out", word: result.status, note: "it had ended before" };
    case "contended":
      return {
        kind: "failed",
        word: "contended",
        note: "somebody else cancels it now: repeat it to be sure",
      };
    case "missing":
      return { kind: "missing", word: "not found" };
  }
}
