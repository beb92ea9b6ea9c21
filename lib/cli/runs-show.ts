import { describeLoops } from "../app/describe-loops.ts";
import { describeRun } from "../app/describe-run.ts";
import { EXIT } from "./exit.ts";
import { type HistoryOptions, withHistory } from "./history.ts";
import { jsonText } from "./json-text.ts";
import { nextSteps } from "./next-steps.ts";
import { shownRun } from "./operate/shown-run.ts";
import { placeFlags } from "./place-flags.ts";
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
  const { record, loops } = await withHistory(options, async (history) => {
    const { run } = await shownRun(runId, history, options);
    return { record: run, loops: await describeLoops(history.store, run) };
  });
  const run = describeRun(record);
  const text = options.json
    ? jsonText({ ...run, loops })
    : [runText(run, paintFor(process.stdout), loops), ...nextSteps(run, placeFlags(options))].join("\n");
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}
