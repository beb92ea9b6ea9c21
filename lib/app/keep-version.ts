import { FlowError } from "../core/flow-error.ts";
import type { NewRunStore } from "../core/ports/run-store.ts";
import type { WorkflowTexts } from "../core/ports/workflow-catalog.ts";
import type { Workflow } from "../core/workflow.ts";

const kept = new WeakMap<NewRunStore, Set<string>>();

/**
 * Sees to it that a version is in the store, where its runs find it after later deploys: whoever makes a run calls this
 * first. One request for each version and process. @throws FlowError `config_error` when nobody has its text, or what the
 * store threw.
 */
export async function keepVersion(
  { store, catalog }: { readonly store: NewRunStore; readonly catalog: WorkflowTexts },
  { name, hash }: Pick<Workflow, "name" | "hash">,
): Promise<void> {
  const known = kept.get(store) ?? new Set();
  kept.set(store, known);
  if (known.has(hash)) return;
  const current = catalog.current(name);
  if (current?.hash === hash) await store.putVersion(current);
  else if (!(await store.getVersion(name, hash))) throw versionGone(name, hash);
  known.add(hash);
}

/** What a run is told whose version nobody has. */
export function versionGone(name: string, hash: string): FlowError {
  return new FlowError(
    "config_error",
    `version ${hash.slice(0, 12)} of workflow ${name} is neither deployed nor kept: it cannot be run. Replay the event on the version of today`,
    { details: { hash } },
  );
}
