import { unpack } from "../../../lib/adapters/dynamo/packed-value.ts";
import { isSettled, type JournalEntry } from "../../../lib/core/journal.ts";
import type { Item } from "./evaluate.ts";
import type { TableWrite } from "./simulated-table.ts";

/** What was seen of one run while the world went on. */
export interface SeenRun {
  readonly runId: string;
  readonly workflow: string;
  readonly hash: string;
  /** It works through a part of another one's loop. */
  readonly isChunk: boolean;
  /** The run whose step started it. */
  readonly parent: string | undefined;
  /** Paths whose settled entry is stored. */
  readonly settled: Set<string>;
  /** The final statuses that it had, in their order. */
  readonly ends: string[];
  /** Owner of its lease; undefined: nobody has one. */
  owner: string | undefined;
  /** When someone is to look at it; undefined: it is final. */
  dueAt: number | undefined;
  /** It is there. */
  exists: boolean;
  segments: number;
  /** How often its lease was taken from an owner that had not given it up. */
  takeovers: number;
  redrives: number;
  /** The highest that it had: how often it was claimed. */
  epoch: number;
  /** Which write of the table stored it, and which first claimed it. */
  readonly storedBy: number;
  claimedBy: number | undefined;
}

/** Looks at every write of the table, and tells which broke a promise. */
export interface TableWatch {
  see(write: TableWrite): void;
  readonly runs: ReadonlyMap<string, SeenRun>;
  /** The earliest time when someone is to look at a run. */
  nextDue(): number;
}

/** A watch that tells of what is broken, and of a lease that is taken from its owner. */
export function createTableWatch(
  broken: (promise: string, what: string) => void,
  takenFrom: (owner: string) => void,
): TableWatch {
  const runs = new Map<string, SeenRun>();
  let writes = 0;

  const seeRun = (before: Item | undefined, after: Item | undefined, byTtl: boolean): void => {
    const item = after ?? before ?? {};
    const runId = item.run_id?.S ?? "";
    const run = runs.get(runId) ?? newlySeen(runId, item, writes);
    runs.set(runId, run);
    run.exists = after !== undefined;
    const [held, holds] = [before?.lease_owner?.S, after?.lease_owner?.S];
    if (held !== undefined && holds !== undefined && held !== holds) {
      run.takeovers += 1;
      takenFrom(held);
    }
    run.owner = holds;
    run.dueAt = after?.due_shard && Number(after.due_at?.N);
    if (!after) {
      if (!byTtl && before?.epoch?.N !== "0")
        broken("P2", `run ${runId} was deleted after somebody had claimed it`);
      return;
    }
    if (Number(after.epoch?.N) < Number(before?.epoch?.N ?? 0))
      broken("P4", `the epoch of run ${runId} went back`);
    if (before && (before.hash?.S !== after.hash?.S || before.workflow?.S !== after.workflow?.S))
      broken("item 10", `run ${runId} changed its version`);
    const [was, is] = [before?.outcome?.S, after.outcome?.S];
    if (was !== is) {
      const isRedrive = was === "failed" && is === undefined && redrivesOf(after) === run.redrives + 1;
      if (was !== undefined && !isRedrive)
        broken("P4", `run ${runId} was ${was} and became ${is ?? "unfinished"}`);
      if (is !== undefined) run.ends.push(is);
    }
    // A damaged run keeps what was found; what it came to stands beside it.
    if (is !== undefined && after.status?.S !== is && !after.damage)
      broken("P4", `run ${runId} is ${after.status?.S} and ended as ${is}`);
    if (redrivesOf(after) > run.redrives)
      for (const path of run.settled) if (/^on_failure/.test(path)) run.settled.delete(path);
    run.redrives = redrivesOf(after);
    if (Number(after.epoch?.N) > 0) run.claimedBy ??= writes;
    run.epoch = Math.max(run.epoch, Number(after.epoch?.N));
    noteEntries(run, after, "tail");
  };
  const seeSegment = (before: Item | undefined, after: Item | undefined, byTtl: boolean): void => {
    const { pk, sk } = after ?? before ?? {};
    const run = runs.get((pk?.S ?? "").slice("run#".length));
    if (!run || byTtl || !after) return;
    const number = Number(sk?.S?.slice("seg#".length));
    if (before) {
      const isSame = before.owner?.S === after.owner?.S && before.epoch?.N === after.epoch?.N;
      if (!isSame) broken("P5", `segment ${number} of run ${run.runId} was written over`);
      return;
    }
    if (run.dueAt === undefined && run.exists && !after.tail_of)
      broken("P4", `segment ${number} was added to run ${run.runId}, which has ended`);
    if (number !== run.segments + 1)
      broken("P5", `segment ${number} of run ${run.runId} follows ${run.segments}`);
    run.segments = Math.max(run.segments, number);
    noteEntries(run, after, "entries");
  };

  return {
    runs,
    nextDue: () => Math.min(...[...runs.values()].map(({ dueAt }) => dueAt ?? Number.POSITIVE_INFINITY)),
    see({ before, after, byTtl }) {
      writes += 1;
      const { pk, sk } = after ?? before ?? {};
      if (!pk?.S?.startsWith("run#")) return;
      if (sk?.S === "run") seeRun(before, after, byTtl);
      else if (sk?.S?.startsWith("seg#")) seeSegment(before, after, byTtl);
    },
  };
}

function newlySeen(runId: string, item: Item, storedBy: number): SeenRun {
  return {
    runId,
    workflow: item.workflow?.S ?? "",
    hash: item.hash?.S ?? "",
    isChunk: item.chunk !== undefined,
    parent: item.parent_run?.S,
    settled: new Set(),
    takeovers: 0,
    ends: [],
    owner: undefined,
    dueAt: undefined,
    exists: true,
    segments: 0,
    redrives: 0,
    epoch: 0,
    storedBy,
    claimedBy: undefined,
  };
}

function redrivesOf(item: Item): number {
  return Number(item.redrives?.N ?? 0);
}

/** Entries that lie in chunks are left out: too large to be looked at with each write. */
function noteEntries(run: SeenRun, item: Item, attribute: string): void {
  const packed = item[attribute]?.B;
  if (!packed) return;
  const entries = JSON.parse(new TextDecoder().decode(unpack(packed))) as JournalEntry[];
  for (const entry of entries) if (isSettled(entry)) run.settled.add(entry.path);
}
