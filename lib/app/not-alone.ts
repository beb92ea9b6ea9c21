import { FlowError } from "../core/flow-error.ts";
import type { RunRecord } from "../core/run.ts";

/** What somebody is told who wants to do something with a chunk that only makes sense for its run. */
export function notAlone({ runId, parent }: RunRecord, doing: string): FlowError {
  return new FlowError(
    "invalid_input",
    `run ${runId} is a chunk of the loop at step ${parent?.path} of run ${parent?.runId}: ${doing} that run`,
  );
}
