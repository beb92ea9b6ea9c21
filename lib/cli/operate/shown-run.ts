import { findRuns } from "../../app/find-runs.ts";
import { type ShownRun, showRun } from "../../app/show-run.ts";
import { FlowError } from "../../core/flow-error.ts";
import type { WorkflowTexts } from "../../core/ports/workflow-catalog.ts";
import { type History, type HistoryOptions, noSuchRun } from "../history.ts";

const ID_LENGTH = 36;
/** More that begin alike are not told apart by showing them all. */
const MOST_SHOWN = 5;

/** Every version that a run began on is in the store. */
const NO_TEXTS: WorkflowTexts = { current: () => undefined };

/**
 * The run that somebody means, as people may see it: what `history.redact` names is blanked.
 * @throws FlowError `invalid_input` where there is none, or there are several.
 */
export async function shownRun(text: string, history: History, options: HistoryOptions): Promise<ShownRun> {
  const { store } = history;
  const shown = await showRun({ store, catalog: NO_TEXTS }, await namedRun(text, history));
  if (shown) return shown;
  throw noSuchRun(text, options.stage);
}

/**
 * The id of the run that somebody means: by its id, by the first 8 characters or more, or by the business key of its delivery.
 * @throws FlowError `invalid_input` where it may be several.
 */
async function namedRun(text: string, history: History): Promise<string> {
  if (text.length === ID_LENGTH) return text;
  const inputs = await history.inputs();
  const found = await findRuns(history, { text, inputs, limit: MOST_SHOWN + 1 });
  if (found.length < 2) return found[0]?.runId ?? text;
  const shown = found.slice(0, MOST_SHOWN).map(({ runId }) => runId);
  throw new FlowError(
    "invalid_input",
    `"${text}" may be any of several runs: ${shown.join(", ")}${found.length > MOST_SHOWN ? ", …" : ""}`,
  );
}
