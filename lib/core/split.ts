import * as z from "zod";

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const splitSchema = z.object({
  /** The deployed version whose events are shared; whoever carries another one takes no notice. */
  version: hash,
  /** The version that gets what `version` does not. */
  base: hash,
  /** How much `version` gets, 0 to below 100; 0: it is rolled back. */
  percent: z.number().min(0).lt(100),
  /** Who said so: its file, when it was deployed, or a person. */
  kind: z.enum(["rollout", "rollback"]),
  /** Milliseconds since the epoch. */
  at: z.number(),
  by: z.string(),
});

/** The splits of a stage as they are stored: read by everything that makes runs. */
export const splitTableSchema = z.object({
  /** How many changes led here: a change is written only over the one that it was made of. */
  revision: z.number().int().min(0),
  splits: z.record(z.string(), z.array(splitSchema)),
});

/** How the events of a deployed version are shared with an earlier one. */
export type Split = z.infer<typeof splitSchema>;
/** The splits of a stage, by workflow. */
export type SplitTable = z.infer<typeof splitTableSchema>;

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

function others({ splits }: SplitTable, { name, hash: version }: VersionName): readonly Split[] {
  return (Object.hasOwn(splits, name) ? (splits[name] ?? []) : []).filter((one) => one.version !== version);
}

function changed(table: SplitTable, workflow: string, list: readonly Split[]): SplitTable {
  const { [workflow]: _before, ...rest } = table.splits;
  return { ...table, splits: { ...rest, ...(list.length > 0 && { [workflow]: [...list] }) } };
}
