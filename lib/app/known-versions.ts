import type { KeptVersion, RunStore } from "../core/ports/run-store.ts";
import type { VersionName } from "../core/split.ts";

/** The kept versions of a workflow, the newest first, and the deployed one where no event has come for it yet. @throws FlowError what the store threw. */
export async function knownVersions(
  store: Pick<RunStore, "versionsLike">,
  { name, hash }: VersionName,
): Promise<readonly KeptVersion[]> {
  const kept = (await store.versionsLike(name, "")).toSorted((a, b) => (b.keptAt ?? 0) - (a.keptAt ?? 0));
  return kept.some((one) => one.hash === hash) ? kept : [{ hash }, ...kept];
}
