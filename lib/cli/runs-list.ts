import { findRuns } from "../app/find-runs.ts";
import { DAY_MS } from "../app/timings.ts";
import { duration } from "../core/duration.ts";
import type { ErrorClass } from "../core/flow-error.ts";
import type { RunStatus, RunSummary } from "../core/run.ts";
import { columns } from "./columns.ts";
import { EXIT } from "./exit.ts";
import { type History, type HistoryOptions, withHistory } from "./history.ts";
import { jsonText } from "./json-text.ts";
import { localIso } from "./local-time.ts";
import { checkWorkflow } from "./operate/select-runs.ts";
import { printableLine } from "./printable.ts";
import { runSummaryView } from "./run-summary-view.ts";

/** Options of `runs list`. Times in milliseconds since the epoch. */
export interface RunsListOptions extends HistoryOptions {
  readonly workflow?: string;
  readonly status?: RunStatus;
  readonly class?: ErrorClass;
  readonly since?: number;
  readonly until?: number;
  /** An id, its beginning, or a business key. */
  readonly find?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** Runs are kept for 30 days unless their workflow says otherwise (language.md, `history`). */
const SEARCH_DAYS = 30;

/** Prints runs, newest first. @throws FlowError `invalid_input` for a workflow that there is not. */
export async function listRuns(options: RunsListOptions): Promise<number> {
  const runs = await withHistory(options, (history) => runsOf(history, options));
  if (options.json) process.stdout.write(`${jsonText(runs.map(runSummaryView))}\n`);
  else if (runs.length === 0) process.stderr.write("No runs.\n");
  else process.stdout.write(`${columns([HEAD, ...runs.map(rowOf)]).join("\n")}\n`);
  return EXIT.ok;
}

async function runsOf(
  history: History,
  { workflow, status, class: errorClass, since: asked, until = Date.now(), find, limit }: RunsListOptions,
): Promise<readonly RunSummary[]> {
  const since = asked ?? until - SEARCH_DAYS * DAY_MS;
  if (workflow !== undefined) await checkWorkflow(workflow, history, since);
  const inputs = await history.inputs();
  if (find !== undefined) {
    const among = inputs.filter(({ name }) => workflow === undefined || name === workflow);
    return findRuns(history, { text: find, inputs: among, limit });
  }
  return history.store.list({
    workflows: workflow === undefined ? inputs.map(({ name }) => name) : [workflow],
    ...(status && { status }),
    ...(errorClass && { errorClass }),
    limit,
    since,
    until,
  });
}

const HEAD = ["CREATED", "WORKFLOW", "RUN", "STATUS", "TOOK", "ERROR"];

function rowOf(run: RunSummary): string[] {
  return [
    localIso(run.createdAt),
    run.workflow,
    run.runId,
    run.status,
    run.finishedAt === undefined ? "–" : duration(run.finishedAt - run.createdAt),
    run.error ? printableLine(`${run.error.class}: ${run.error.message}`) : "",
  ];
}
