import { FlowError } from "../../core/flow-error.ts";
import type { InputEntry } from "../../core/workflow.ts";
import type { History } from "../history.ts";

/** A version of a workflow, as far as a run of it has to know it. */
export type VersionEntry = Pick<InputEntry, "name" | "hash" | "retentionDays">;

// So many of the versions there are, so much of each hash.
const SHOWN = 8;
const SHORT = 12;

/**
 * A workflow's version of today (undefined: its file is gone), or the one whose hash begins with `prefix`, among those
 * deployed and kept.
 * @throws FlowError `invalid_input` when none or more than one begins like that.
 */
export async function findVersion(
  { store, inputs }: Pick<History, "store" | "inputs">,
  name: string,
  prefix: string | undefined,
): Promise<VersionEntry | undefined> {
  const today = (await inputs()).find((input) => input.name === name);
  if (prefix === undefined) return today;
  const kept = await store.versionsLike(name, prefix);
  const found = new Set(today?.hash.startsWith(prefix) ? [today.hash, ...kept] : kept);
  const [hash, ...others] = found;
  if (hash === undefined) throw noVersion(name, prefix, await store.versionsLike(name, ""));
  if (others.length > 0)
    throw new FlowError(
      "invalid_input",
      `${found.size} versions of ${name} begin with ${prefix}: ${shown([...found])}`,
    );
  if (hash === today?.hash) return today;
  const version = await store.getVersion(name, hash);
  if (!version) throw noVersion(name, prefix, kept);
  return { name, hash, retentionDays: version.history.retentionDays };
}

function noVersion(name: string, prefix: string, kept: readonly string[]): FlowError {
  const known = kept.length === 0 ? "none is kept" : `kept are ${shown(kept)}`;
  return new FlowError("invalid_input", `no version of ${name} begins with ${prefix}: ${known}`);
}

function shown(hashes: readonly string[]): string {
  const more = hashes.length > SHOWN ? ` and ${hashes.length - SHOWN} more` : "";
  return (
    hashes
      .slice(0, SHOWN)
      .map((hash) => hash.slice(0, SHORT))
      .join(", ") + more
  );
}
