import type { ItemEnd, LoopChunks } from "../core/chunk.ts";
import { heals, toFlowError } from "../core/flow-error.ts";
import type { Json } from "../core/json.ts";
import type { ChunkOrder, ChunkOutcome, ChunkRuns } from "../core/ports/chunk-runs.ts";
import { timeOfRunId } from "../core/run.ts";
import type { Distributed } from "../core/step-context.ts";
import type { PartEnd } from "../core/step-result.ts";
import type { StepNode } from "../core/workflow.ts";
import { entryTraits } from "./entry-traits.ts";
import type { Execution } from "./execution.ts";
import { depthBelow } from "./nesting.ts";
import { errorOf, type StepEnd, type StepRecord } from "./step-record.ts";
import type { Place, Walk } from "./walk.ts";

/** Chunks grow beyond the size asked for rather than becoming more than this. */
const MOST_CHUNKS = 2_000;

/** Smaller sums of money are what adding and subtracting leaves. */
const SMALLEST_USD = 1e-9;

/** What is to be distributed, and by which attempt of the step. */
export interface Distribution {
  readonly chunkRuns: ChunkRuns;
  readonly attempt: number;
  readonly items: readonly Json[];
  readonly size: number;
}

/**
 * The chunks that the step uses: none where nobody takes them, where a step in them may end the run well (which only the run
 * itself can do), where the step's own time is limited, and where an earlier process has begun with the items itself.
 */
export function chunkRunsFor(
  { ports, journal, steps }: Execution,
  { node, definition, path }: Place,
  record: StepRecord,
): ChunkRuns | undefined {
  if (!definition.runPart || !ports.chunkRuns) return undefined;
  if (record.chunks) return ports.chunkRuns;
  const stops = (nodes: readonly StepNode[]): boolean =>
    nodes.some(({ type, blocks }) => steps.get(type)?.stopsRun || Object.values(blocks).some(stops));
  const stays =
    node.timeoutSeconds !== null || journal.hasBelow(path) || Object.values(node.blocks).some(stops);
  return stays ? undefined : ports.chunkRuns;
}

/**
 * Has items worked through by runs of their own, and tells how they stand. The runs are named in the journal, then made:
 * whoever takes the step up makes the same ones. Where store or queue cannot be reached the run itself cannot go on here.
 * @throws FlowError `config_error`, or what store and queue threw.
 */
export async function distribute(
  { execution, names }: Walk,
  place: Place,
  record: StepRecord,
  { chunkRuns, attempt, items, size }: Distribution,
): Promise<Distributed> {
  const { journal, ports, run, poison } = execution;
  const { path, node, view } = place;
  const redrives = run.redrives ?? 0;
  // Since the chunks were put back last: a step around the loop, or its run, is tried again.
  const hasFailed = journal.unsettled(path)?.status === "failed";
  if (poison)
    return { kind: "fail", failure: { path, id: node.id, error: poison, attempts: 0, endsRun: true } };
  const depth = depthBelow(execution, `a chunk of ${node.id}`);
  const keep = (chunks: LoopChunks, spent: Pick<StepEnd, "costUsd" | "savedUsd"> = {}): LoopChunks => {
    record.namesChunks(chunks);
    const end = { ...spent, status: "waiting", attempts: attempt, note: `${chunks.count} chunks` } as const;
    journal.record(record.entry(end, ports.clock.now()), entryTraits(place));
    return chunks;
  };
  const order = (chunks: LoopChunks): ChunkOrder => {
    const { redactor } = execution.environment();
    const { input: event, request, run: shown, error } = names;
    const state = { state: view.state, event, request, run: shown, ...(error && { error }) };
    return {
      path,
      step: node.id,
      depth,
      chunks,
      items: redactor.json([...items]),
      state: redactor.json(state),
    };
  };
  try {
    let chunks = record.chunks;
    if (!chunks) {
      const base = ports.random.timeOrderedUuid(ports.clock.now());
      chunks = keep({ base, ...sizesFor(items.length, size), attempt, redrives });
      await journal.flush();
    }
    if (!chunks.made) {
      await chunkRuns.make(order(chunks));
      chunks = keep({ ...chunks, made: true });
    } else if (chunks.attempt !== attempt || chunks.redrives !== redrives || hasFailed) {
      // A process that died meanwhile would leave chunks that are neither failed nor under way.
      chunks = keep({ ...chunks, attempt, redrives, puttingBack: true });
      await journal.flush();
    }
    if (chunks.puttingBack) {
      await chunkRuns.putBack(path, chunks);
      const { puttingBack: _done, ...rest } = chunks;
      chunks = keep(rest);
    }
    const { ended, endsRun } = await chunkRuns.progress(path, chunks);
    if (ended.size < chunks.count && endsRun.size === 0) {
      const awaited = { path, base: chunks.base, count: chunks.count };
      return { kind: "under_way", awaited, startedAt: timeOfRunId(chunks.base) };
    }
    const outcomes = await chunkRuns.outcomes(path, chunks);
    const spent = newlySpent(execution, path, outcomes);
    if (spent) keep(chunks, spent);
    return { kind: "ended", ends: endsOf(outcomes, chunks, items.length, place) };
  } catch (thrown) {
    if (heals(toFlowError(thrown).class)) journal.abandon(thrown);
    throw thrown;
  }
}

function sizesFor(items: number, asked: number): Pick<LoopChunks, "size" | "count"> {
  const size = Math.max(asked, Math.ceil(items / MOST_CHUNKS));
  return { size, count: Math.ceil(items / size) };
}

/** What the chunks have cost and saved since that was written down last. */
function newlySpent(
  { journal }: Execution,
  path: string,
  outcomes: readonly ChunkOutcome[],
): Pick<StepEnd, "costUsd" | "savedUsd"> | undefined {
  const before = journal.entries.filter((entry) => entry.path === path && entry.chunks);
  const since = (now: readonly number[], then: readonly (number | undefined)[]): number =>
    sum(now) - sum(then.map((one) => one ?? 0));
  const costUsd = since(
    outcomes.map((outcome) => outcome.costUsd),
    before.map((entry) => entry.costUsd),
  );
  const savedUsd = since(
    outcomes.map((outcome) => ("ends" in outcome ? outcome.savedUsd : 0)),
    before.map((entry) => entry.savedUsd),
  );
  if (costUsd < SMALLEST_USD && savedUsd < SMALLEST_USD) return undefined;
  return { ...(costUsd >= SMALLEST_USD && { costUsd }), ...(savedUsd >= SMALLEST_USD && { savedUsd }) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** The ends of all items, in their order: where a chunk left none, its own end is that of each of its items. */
function endsOf(
  outcomes: readonly ChunkOutcome[],
  { size }: LoopChunks,
  items: number,
  place: Place,
): PartEnd[] {
  return outcomes.flatMap((outcome, chunk): PartEnd[] => {
    if ("ends" in outcome) return outcome.ends.map((end) => partEnd(end, place));
    const of = Math.min(size, items - chunk * size);
    const end = partEnd({ kind: "fail", error: outcome.error, attempts: 0 }, place);
    return Array.from({ length: of }, () => end);
  });
}

/** Failures are final: whoever met them has used up the deliveries of the chunk. */
function partEnd(end: ItemEnd, { path, node }: Place): PartEnd {
  switch (end.kind) {
    case "result":
      return { kind: "result", value: end.value };
    case "drop":
      return end;
    case "fail": {
      const { error, attempts, endsRun } = end;
      const of = { path: error.step ?? path, id: error.id ?? node.id, error: errorOf(error, true), attempts };
      return { kind: "fail", failure: { ...of, ...(endsRun && { endsRun, asFileSays: true }) } };
    }
  }
}
