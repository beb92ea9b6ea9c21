import { systemClock } from "../adapters/system-clock.ts";
import { explainRun } from "../app/explain-run.ts";
import { firstValue } from "../core/environment-source.ts";
import { localSources } from "../local/local-environment.ts";
import { LOCAL_STAGE } from "../local/local-names.ts";
import { readIfPresent } from "../local/working-folder.ts";
import { stepTypes } from "../steps/registry.ts";
import { EXIT } from "./exit.ts";
import { explanationText } from "./explanation-text.ts";
import { type HistoryOptions, withHistory } from "./history.ts";
import { jsonText } from "./json-text.ts";
import { nextSteps } from "./next-steps.ts";
import { shownRun } from "./operate/shown-run.ts";
import { placeFlags } from "./place-flags.ts";
import { paintFor } from "./run-text.ts";

/**
 * Prints why a run stands as it does.
 * @throws FlowError `invalid_input` when the stage has no such run.
 */
export async function explainOneRun(
  runId: string,
  options: HistoryOptions & { readonly json?: boolean },
): Promise<number> {
  const { run, version } = await withHistory(options, (history) => shownRun(runId, history, options));
  const explainer = { version, steps: stepTypes, now: systemClock.now(), env: plainValues(options) };
  const explanation = await explainRun(explainer, run);
  const text = options.json
    ? jsonText(explanation)
    : [
        explanationText(explanation, paintFor(process.stdout)),
        ...nextSteps(explanation.run, placeFlags(options)),
      ].join("\n");
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}

/** What names that are no secrets stand for on this machine; of a deployed stage, only their defaults are known here. */
function plainValues({ stage }: HistoryOptions): (name: string) => string | undefined {
  if (stage !== LOCAL_STAGE) return () => undefined;
  const sources = localSources({ shell: process.env, stage, readFile: readIfPresent });
  return (name) => firstValue(name, sources);
}
