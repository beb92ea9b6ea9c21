import type { RunRecord } from "../core/run.ts";
import type { Workflow } from "../core/workflow.ts";
import type { Operator } from "./operator.ts";

/** What `history.redact` blanks of a run: as its own version says, or, where nobody has that any more, today's. */
export function redactedPaths(
  { catalog }: Pick<Operator, "catalog">,
  { workflow }: Pick<RunRecord, "workflow">,
  version: Workflow | undefined,
): readonly string[] {
  return (version ?? catalog.current(workflow))?.history.redact ?? [];
}
