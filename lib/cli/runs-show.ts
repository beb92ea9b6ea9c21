import { describeRun } from "../app/describe-run.ts";
import { FlowError } from "../core/flow-error.ts";
import { EXIT } from "./exit.ts";
import { type HistoryOptions, withHistory } from "./history.ts";
import { paintFor, runText } from "./run-text.ts";

/** Options of `runs show`. */
export interface RunsShowOptions extends HistoryOptions {
  readonly json?: boolean;
}

/**
 * Prints one run with its steps.
 * @throws FlowError `invalid_input` when the stage has no such run.
 */
export async function showRun(runId: string, options: RunsShowOptions): Promise<number> {
  const record = await withHistory(options, ({ store }) => store.get(runId));
  if (!record) {
    throw new FlowError(
      "invalid_input",
      `the stage "${options.stage}" has no run ${runId}: see "hookline runs list"`,
    );
  }
  const run = describeRun(record);
  process.stdout.write(`${options.json ? JSON.stringify(run) : runText(run, paintFor(process.stdout))}\n`);
  return EXIT.ok;
}
