import { FlowError } from "../../core/flow-error.ts";
import { mainVersion } from "../../core/split.ts";
import type { InputEntry } from "../../core/workflow.ts";
import type { History } from "../history.ts";

/** A version of a workflow, as far as a run of it has to know it. */
export type VersionEntry = Pick<InputEntry, "name" | "hash" | "retentionDays">;

// So many of the versions there are, so much of each hash.
const SHOWN = 8;
const SHORT = 12;

/** @throws FlowError `invalid_input` for a text that no hash begins with. */
export function checkVersion(prefix: string): void {
  if (/^[0-9a-f]{1,64}$/.test(prefix)) return;
  throw new FlowError(
    "invalid_input",
    `"${prefix}" is no version: write the beginning of its hash, as "hookline versions" and "runs show" have it`,
  );
}

/**
 * The version of a workflow that is relied on today (undefined: its file is gone), or the one whose hash begins with `prefix`, among those
 * deployed and kept.
 * @throws FlowError `invalid_input` when none or more than one begins like that.
 */
export async function findVersion(
  { store, splits, inputs }: Pick<History, "store" | "splits" | "inputs">,
  name: string,
  prefix: string | undefined,
): Promise<VersionEntry | undefined> {
  const today = (await inputs()).find((input) => input.name === name);
  const hash =
    prefix === undefined
      ? today && mainVersion(await splits.read(), today)
      : await hashOf(store, name, prefix, today?.hash);
  if (hash === undefined || hash === today?.hash) return today;
  const version = await store.getVersion(name, hash);
  if (!version) throw noVersion(name, hash, await hashesLike(store, name, ""));
  return { name, hash, retentionDays: version.history.retentionDays };
}

/**
 * The hash of the version that begins with `prefix`, among the kept ones and the deployed one.
 * @throws FlowError `invalid_input` when none or more than one begins like that.
 */
export async function hashOf(
  store: History["store"],
  name: string,
  prefix: string,
  deployed: string | undefined,
): Promise<string> {
  const kept = await hashesLike(store, name, prefix);
  const found = new Set(deployed?.startsWith(prefix) ? [deployed, ...kept] : kept);
  const [hash, ...others] = found;
  if (hash === undefined) throw noVersion(name, prefix, await hashesLike(store, name, ""));
  if (others.length === 0) return hash;
  throw new FlowError(
    "invalid_input",
    `${found.size} versions of ${name} begin with ${prefix}: ${shown([...found])}`,
  );
}

async function hashesLike(store: History["store"], name: string, prefix: string) {
  return (await store.versionsLike(name, prefix)).map(({ hash }) => hash);
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
