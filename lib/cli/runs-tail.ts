import { systemClock } from "../adapters/system-clock.ts";
import { followRuns, type NewsOfRuns, type RunNews } from "../app/follow-runs.ts";
import { duration } from "../core/duration.ts";
import type { RunStatus } from "../core/run.ts";
import { EXIT } from "./exit.ts";
import { type HistoryOptions, withHistory } from "./history.ts";
import { onInterrupt } from "./interrupt.ts";
import { jsonText } from "./json-text.ts";
import { localIso } from "./local-time.ts";
import { checkWorkflow } from "./operate/select-runs.ts";
import { printableLine } from "./printable.ts";
import { runSummaryView } from "./run-summary-view.ts";
import { type Paint, paintFor, statusStyle } from "./run-text.ts";

/** Options of `runs tail`. */
export interface RunsTailOptions extends HistoryOptions {
  readonly workflow?: string;
  readonly status?: RunStatus;
  /** Seconds between two looks. */
  readonly every: number;
  readonly json?: boolean;
}

/** Prints a line for each run that begins or ends, until Ctrl-C or until nobody reads. Exit code 130 then. */
export async function tailRuns(options: RunsTailOptions): Promise<number> {
  const ending = new AbortController();
  const stop = () => ending.abort();
  const stopListening = onInterrupt(stop);
  process.stdout.once("error", stop);
  try {
    await withHistory(options, async (history) => {
      const { workflow, every } = options;
      if (workflow !== undefined) await checkWorkflow(workflow, history, Date.now() - every * 1000);
      const workflows = async () =>
        workflow === undefined ? (await history.inputs()).map(({ name }) => name) : [workflow];
      if (!options.json) process.stderr.write("Following runs; Ctrl-C ends it.\n");
      const looks = followRuns(history.store, systemClock, {
        workflows,
        everyMs: every * 1000,
        signal: ending.signal,
      });
      for await (const look of looks) print(look, options);
    });
    return EXIT.interrupted;
  } finally {
    stopListening();
  }
}

function print({ news, cut }: NewsOfRuns, { status, json }: RunsTailOptions): void {
  const paint = paintFor(process.stdout);
  for (const one of news) {
    if (status !== undefined && one.run.status !== status) continue;
    const line = json ? jsonText({ event: one.kind, ...runSummaryView(one.run) }) : lineOf(one, paint);
    process.stdout.write(`${line}\n`);
  }
  if (cut) process.stderr.write("More runs began than one look shows: the newest are above.\n");
}

function lineOf({ kind, run }: RunNews, paint: Paint): string {
  const { status, finishedAt, createdAt, workflow, runId, error } = run;
  const word =
    kind === "began" ? paint("dim", "began".padEnd(9)) : paint(statusStyle(status), status.padEnd(9));
  return [
    localIso(kind === "ended" ? (finishedAt ?? createdAt) : createdAt),
    word,
    workflow,
    runId,
    ...(kind === "ended" && finishedAt !== undefined ? [duration(finishedAt - createdAt)] : []),
    ...(kind === "ended" && error ? [printableLine(`${error.class}: ${error.message}`)] : []),
  ].join("  ");
}
