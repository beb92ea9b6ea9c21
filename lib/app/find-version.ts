import type { Workflow } from "../core/workflow.ts";
import type { Runner } from "./runner.ts";

const stored = new WeakMap<Runner["store"], Set<string>>();

/**
 * The version a run started with: this deployment's, or the one kept in the store. The first run of a version
 * keeps it there, so that runs find it after later deploys. Undefined when its text is gone.
 */
export async function findVersion(
  { store, catalog }: Runner,
  name: string,
  hash: string,
): Promise<Workflow | undefined> {
  const current = catalog.current(name);
  if (current?.hash !== hash) return store.getVersion(name, hash);
  const known = stored.get(store) ?? new Set();
  stored.set(store, known);
  if (!known.has(hash)) {
    await store.putVersion(current);
    known.add(hash);
  }
  return current;
}
