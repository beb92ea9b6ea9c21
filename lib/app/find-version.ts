import type { RunStore } from "../core/ports/run-store.ts";
import type { WorkflowTexts } from "../core/ports/workflow-catalog.ts";
import type { Workflow } from "../core/workflow.ts";

/** The version a run started with: this deployment's, or the one kept in the store. Undefined when its text is gone. */
export async function findVersion(
  { store, catalog }: { readonly store: RunStore; readonly catalog: WorkflowTexts },
  name: string,
  hash: string,
): Promise<Workflow | undefined> {
  const current = catalog.current(name);
  return current?.hash === hash ? current : store.getVersion(name, hash);
}
