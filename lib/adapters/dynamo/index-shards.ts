import { hash } from "node:crypto";

// One partition of an index takes 1,000 writes a second and a run writes each index twice: four shards let one
// workflow start 2,000 runs a second, eight let all workflows together start 4,000. More would cost more queries.
const LIST_SHARDS = 4;
const DUE_SHARDS = 8;

/** Milliseconds of a day. */
export const DAY_MS = 86_400_000;

/** Partition of `by_workflow` that lists a run: `<workflow>#<yyyy-mm-dd>#<shard>`. */
export function listPartition(workflow: string, createdAt: number, runId: string): string {
  return `${workflow}#${dayOf(createdAt)}#${shardOf(runId, LIST_SHARDS)}`;
}

/** Every partition of `by_workflow` that holds runs of a workflow created on the (UTC) day of `ms`. */
export function listPartitions(workflow: string, ms: number): readonly string[] {
  return range(LIST_SHARDS).map((shard) => `${workflow}#${dayOf(ms)}#${shard}`);
}

/** Partition of `due` that holds a run while it is not final: `d#<n>`. */
export function duePartition(runId: string): string {
  return `d#${shardOf(runId, DUE_SHARDS)}`;
}

/** Every partition of `due`. */
export const duePartitions: readonly string[] = range(DUE_SHARDS).map((shard) => `d#${shard}`);

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function shardOf(runId: string, shards: number): number {
  return Number.parseInt(hash("sha256", runId).slice(0, 8), 16) % shards;
}

function range(length: number): number[] {
  return Array.from({ length }, (_none, index) => index);
}
