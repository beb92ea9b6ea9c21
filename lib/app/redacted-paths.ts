import type { RunRecord } from "../core/run.ts";
import { findVersion } from "./find-version.ts";
import type { Operator } from "./operator.ts";

/** What `history.redact` blanks of a run: as its own version says, or, where nobody has that any more, today's. */
export async function redactedPaths(
  { store, catalog }: Pick<Operator, "store" | "catalog">,
  { workflow, hash }: Pick<RunRecord, "workflow" | "hash">,
): Promise<readonly string[]> {
  const version = (await findVersion({ store, catalog }, workflow, hash)) ?? catalog.current(workflow);
  return version?.history.redact ?? [];
}
