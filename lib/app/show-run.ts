import { blankHistory, blankPaths } from "../core/blank-history.ts";
import { readEvent } from "../core/event-body.ts";
import type { RunRecord } from "../core/run.ts";
import type { Workflow } from "../core/workflow.ts";
import { findVersion } from "./find-version.ts";
import type { Operator } from "./operator.ts";
import { redactedPaths } from "./redacted-paths.ts";

/** A run as people may see it. */
export interface ShownRun {
  readonly run: RunRecord;
  /** The one that it began with; absent: nobody has its text any more. */
  readonly version: Workflow | undefined;
}

/**
 * A run as people may see it, undefined when there is none: what `history.redact` blanks is blanked here too while the run
 * still needs it, and wherever it ended without being blanked.
 */
export async function showRun(
  means: Pick<Operator, "store" | "catalog">,
  runId: string,
): Promise<ShownRun | undefined> {
  const run = await means.store.get(runId);
  if (!run) return undefined;
  const version = await findVersion(means, run.workflow, run.hash);
  return { run: run.blanked ? run : blanked(run, redactedPaths(means, run, version)), version };
}

function blanked(run: RunRecord, redact: readonly string[]): RunRecord {
  if (redact.length === 0) return run;
  const { event = run.event, journal } = blankHistory(
    { ...run, event: readEvent(run.event) },
    run.journal,
    redact,
  );
  return {
    ...run,
    event,
    journal,
    ...(run.output !== undefined && { output: blankPaths(run.output, redact) }),
  };
}
