import type { LoopState } from "../core/chunk.ts";
import { FlowError } from "../core/flow-error.ts";
import type { LoopKey } from "../core/ports/loop-store.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import type { ClaimedRun } from "../core/run.ts";
import type { LoopPart } from "../engine/execution.ts";
import type { Invocation } from "./runner.ts";

/** States of loops that a process keeps at a time: the chunks of one loop mostly come together. */
const MOST_KEPT = 2;

const kept = new WeakMap<RunStore, Map<string, LoopState>>();
const underWay = new WeakMap<Invocation, Map<string, Promise<LoopState>>>();

/**
 * The part of a loop that a run works through; undefined for a run of a whole workflow. The loop's state is read once for
 * all its chunks of an invocation, and kept for the next ones. @throws FlowError `internal` when it is gone.
 */
export async function loopPart(
  store: RunStore,
  run: ClaimedRun,
  invocation: Invocation,
): Promise<LoopPart | undefined> {
  const { parent, chunk } = run;
  if (!parent || !chunk) return undefined;
  const { runId, path } = parent;
  const items = run.event.body;
  const state = await stateOf(store, { runId, path }, invocation);
  return { path, step: chunk.step, from: chunk.from, items: Array.isArray(items) ? items : [], state };
}

async function stateOf(store: RunStore, loop: LoopKey, invocation: Invocation): Promise<LoopState> {
  const key = `${loop.runId}/${loop.path}`;
  const known = kept.get(store)?.get(key);
  if (known) return known;
  const reading = underWay.get(invocation) ?? new Map<string, Promise<LoopState>>();
  underWay.set(invocation, reading);
  const begun = reading.get(key) ?? readState(store, loop);
  reading.set(key, begun);
  try {
    const state = await begun;
    keep(store, key, state);
    return state;
  } finally {
    reading.delete(key);
  }
}

function keep(store: RunStore, key: string, state: LoopState): void {
  const states = kept.get(store) ?? new Map<string, LoopState>();
  kept.set(store, states);
  states.set(key, state);
  const [oldest = key] = states.keys();
  if (states.size > MOST_KEPT) states.delete(oldest);
}

async function readState(store: RunStore, loop: LoopKey): Promise<LoopState> {
  const state = await store.loops.state(loop);
  if (state === undefined)
    throw new FlowError(
      "internal",
      `the state of the loop at step ${loop.path} of run ${loop.runId} is not kept any more`,
    );
  return state as unknown as LoopState;
}
