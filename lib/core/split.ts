import { isObject, type Json, type JsonObject } from "./json.ts";

/** How the events of a deployed version are shared with an earlier one. */
export interface Split {
  /** The hash of the deployed version; whoever carries another one takes no notice. */
  readonly version: string;
  /** The version that gets what `version` does not. */
  readonly base: string;
  /** How much `version` gets, 0 to below 100; 0: it is rolled back. */
  readonly percent: number;
  /** Who said so: its file, when it was deployed, or a person. */
  readonly kind: "rollout" | "rollback";
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly by: string;
  /** Of a rollback: the rollout that it interrupts. */
  readonly interrupts?: { readonly base: string; readonly percent: number };
}

/** The splits of a stage as they are stored: read by everything that makes runs. */
export interface SplitTable {
  /** How many changes led here: a change is written only over the one that it was made of. */
  readonly revision: number;
  /** By workflow. */
  readonly splits: { readonly [workflow: string]: readonly Split[] };
}

/** A version of a workflow. */
export interface VersionName {
  readonly name: string;
  readonly hash: string;
}

/** A stage in which every deployed version gets all of its events. */
export const NO_SPLITS: SplitTable = { revision: 0, splits: {} };

/** How the events of a deployed version are shared; undefined: it gets all of them. */
export function splitOf({ splits }: SplitTable, { name, hash: version }: VersionName): Split | undefined {
  return Object.hasOwn(splits, name) ? splits[name]?.find((one) => one.version === version) : undefined;
}

/** The version that is relied on: what is deployed, unless it is rolled back or still in rollout. */
export function mainVersion(table: SplitTable, deployed: VersionName): string {
  return splitOf(table, deployed)?.base ?? deployed.hash;
}

/** The share of new events that a version gets, in percent. */
export function shareOfVersion(hash: string, deployed: string, split: Split | undefined): number {
  if (hash === deployed) return split?.percent ?? 100;
  return hash === split?.base ? 100 - split.percent : 0;
}

/** The table with this split in place of the one that its version had. */
export function withSplit(table: SplitTable, workflow: string, split: Split): SplitTable {
  return changed(table, workflow, [...others(table, { name: workflow, hash: split.version }), split]);
}

/** The table in which a deployed version is rolled back to an earlier one. */
export function withRollback(
  table: SplitTable,
  deployed: VersionName,
  base: string,
  word: Pick<Split, "at" | "by">,
): SplitTable {
  const known = splitOf(table, deployed);
  const interrupts =
    known?.kind === "rollout" ? { base: known.base, percent: known.percent } : known?.interrupts;
  const split: Split = { version: deployed.hash, base, percent: 0, kind: "rollback", ...word };
  return withSplit(table, deployed.name, { ...split, ...(interrupts && { interrupts }) });
}

/** The table in which a version that was rolled back gets what it got before. */
export function withoutRollback(
  table: SplitTable,
  deployed: VersionName,
  word: Pick<Split, "at" | "by">,
): SplitTable {
  const known = splitOf(table, deployed);
  if (!known?.interrupts) return withoutSplit(table, deployed);
  const { version, interrupts } = known;
  return withSplit(table, deployed.name, { version, ...interrupts, kind: "rollout", ...word });
}

/** The table in which a version gets all of its events. */
export function withoutSplit(table: SplitTable, version: VersionName): SplitTable {
  return changed(table, version.name, others(table, version));
}

/** The table without the splits of versions that are deployed no more. */
export function onlyDeployed(table: SplitTable, deployed: readonly VersionName[]): SplitTable {
  const kept = deployed.flatMap((version): [string, Split[]][] => {
    const split = splitOf(table, version);
    return split ? [[version.name, [split]] as const] : [];
  });
  return { ...table, splits: Object.fromEntries(kept) };
}

/** What is stored as the splits of a stage; undefined for anything else. */
export function readSplits(value: Json | undefined): SplitTable["splits"] | undefined {
  if (!isObject(value)) return undefined;
  const isWhole = Object.values(value).every((list) => Array.isArray(list) && list.every(isSplit));
  return isWhole ? (value as unknown as SplitTable["splits"]) : undefined;
}

function isSplit(value: Json): boolean {
  if (!isObject(value)) return false;
  const { kind, version, at, by, interrupts } = value;
  return (
    isHash(version) &&
    isShared(value) &&
    (interrupts === undefined || (isObject(interrupts) && isShared(interrupts))) &&
    (kind === "rollout" || kind === "rollback") &&
    typeof at === "number" &&
    typeof by === "string"
  );
}

function isShared({ base, percent }: JsonObject): boolean {
  return isHash(base) && typeof percent === "number" && percent >= 0 && percent < 100;
}

function isHash(value: Json | undefined): boolean {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

function others({ splits }: SplitTable, { name, hash: version }: VersionName): readonly Split[] {
  return (Object.hasOwn(splits, name) ? (splits[name] ?? []) : []).filter((one) => one.version !== version);
}

function changed(table: SplitTable, workflow: string, list: readonly Split[]): SplitTable {
  const { [workflow]: _before, ...rest } = table.splits;
  return { ...table, splits: { ...rest, ...(list.length > 0 && { [workflow]: list }) } };
}
