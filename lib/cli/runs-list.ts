import type { ErrorClass } from "../core/flow-error.ts";
import type { RunStatus, RunSummary } from "../core/run.ts";
import { columns } from "./columns.ts";
import { EXIT } from "./exit.ts";
import { type HistoryOptions, withHistory } from "./history.ts";
import { jsonText } from "./json-text.ts";
import { localIso } from "./local-time.ts";
import { printableLine } from "./printable.ts";
import { runSummaryView } from "./run-summary-view.ts";

/** Options of `runs list`. */
export interface RunsListOptions extends HistoryOptions {
  readonly workflow?: string;
  readonly status?: RunStatus;
  readonly class?: ErrorClass;
  readonly limit: number;
  readonly json?: boolean;
}

/** Runs are kept for 30 days unless their workflow says otherwise (language.md, `history`). */
const SEARCH_DAYS = 30;

/** Prints runs, newest first. */
export async function listRuns(options: RunsListOptions): Promise<number> {
  const now = Date.now();
  const runs = await withHistory(options, async (history) =>
    history.store.list({
      workflows:
        options.workflow === undefined
          ? (await history.inputs()).map(({ name }) => name)
          : [options.workflow],
      ...(options.status && { status: options.status }),
      ...(options.class && { errorClass: options.class }),
      limit: options.limit,
      until: now,
      since: now - SEARCH_DAYS * 86_400_000,
    }),
  );
  if (options.json) process.stdout.write(`${jsonText(runs.map(runSummaryView))}\n`);
  else if (runs.length === 0) process.stderr.write("No runs.\n");
  else process.stdout.write(`${columns([HEAD, ...runs.map(rowOf)]).join("\n")}\n`);
  return EXIT.ok;
}

const HEAD = ["CREATED", "WORKFLOW", "RUN", "STATUS", "TOOK", "ERROR"];

function rowOf(run: RunSummary): string[] {
  return [
    localIso(run.createdAt),
    run.workflow,
    run.runId,
    run.status,
    run.finishedAt === undefined ? "–" : `${run.finishedAt - run.createdAt} ms`,
    run.error ? printableLine(`${run.error.class}: ${run.error.message}`) : "",
  ];
}
