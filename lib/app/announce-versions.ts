import type { RunStore } from "../core/ports/run-store.ts";
import type { Splits } from "../core/ports/splits.ts";
import {
  mainVersion,
  onlyDeployed,
  type Split,
  type SplitTable,
  splitOf,
  withoutSplit,
  withSplit,
} from "../core/split.ts";
import type { Workflow } from "../core/workflow.ts";
import { changeSplits } from "./change-splits.ts";

/** What telling of a deployment needs. */
export interface AnnouncePlace {
  readonly store: Pick<RunStore, "putVersion">;
  readonly splits: Splits;
}

/** Hashes of a stage's deployed workflows, by name. */
export type DeployedHashes = { readonly [name: string]: string };

/** Who deploys, and when, in milliseconds since the epoch. */
export type ChangeWord = Pick<Split, "at" | "by">;

/**
 * The splits as they are once these workflows are deployed in place of `deployed`: a new version with a rollout shares with what served
 * until now; a version that was rolled back stays so until another one is deployed.
 */
export function splitsAfter(
  table: SplitTable,
  workflows: readonly Workflow[],
  deployed: DeployedHashes,
  word: ChangeWord,
): SplitTable {
  return workflows.reduce((now, workflow) => {
    const split = splitAfter(table, workflow, beforeOf(deployed, workflow), word);
    return split ? withSplit(now, workflow.name, split) : withoutSplit(now, workflow);
  }, table);
}

/**
 * Keeps the versions that are about to be deployed and says how they share events, before any function carries them.
 * @throws FlowError what the store threw.
 */
export async function announceVersions(
  { store, splits }: AnnouncePlace,
  workflows: readonly Workflow[],
  deployed: DeployedHashes,
  word: ChangeWord,
): Promise<void> {
  const table = await splits.read();
  for (const workflow of workflows) {
    const { name } = workflow;
    const hash = beforeOf(deployed, workflow);
    const before = hash === undefined ? undefined : mainVersion(table, { name, hash });
    await store.putVersion(workflow, before === workflow.hash ? undefined : before);
  }
  await changeSplits(splits, (now) => splitsAfter(now, workflows, deployed, word));
}

/** Forgets the splits of versions that are deployed no more. @throws FlowError what the store threw. */
export async function settleSplits(splits: Splits, workflows: readonly Workflow[]): Promise<void> {
  await changeSplits(splits, (table) => onlyDeployed(table, workflows));
}

function splitAfter(
  table: SplitTable,
  { name, hash, rolloutPercent: percent }: Workflow,
  before: string | undefined,
  word: ChangeWord,
): Split | undefined {
  const known = before === hash ? splitOf(table, { name, hash }) : undefined;
  if (known?.kind === "rollback") return known;
  if (percent === undefined || before === undefined) return undefined;
  if (known) return known.percent === percent ? known : { ...known, percent, ...word };
  const base = mainVersion(table, { name, hash: before });
  return base === hash ? undefined : { version: hash, base, percent, kind: "rollout", ...word };
}

function beforeOf(deployed: DeployedHashes, { name }: Workflow): string | undefined {
  return Object.hasOwn(deployed, name) ? deployed[name] : undefined;
}
