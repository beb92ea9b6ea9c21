import type { Json } from "../../core/json.ts";
import type { KeptResult, LoopKey, LoopStore } from "../../core/ports/loop-store.ts";

/** What is kept of one loop. */
interface Loop {
  state?: Json;
  readonly results: Map<number, KeptResult>;
  readonly ended: Set<number>;
  readonly failed: Set<number>;
  readonly endsRun: Set<number>;
}

/** Loops in this process's memory. */
export interface MemoryLoopStore extends LoopStore {
  /** Forgets all that is kept beside a run. */
  forget(runId: string): void;
}

/** An empty one. */
export function createMemoryLoopStore(): MemoryLoopStore {
  const runs = new Map<string, Map<string, Loop>>();
  const loopOf = ({ runId, path }: LoopKey): Loop => {
    const loops = runs.get(runId) ?? new Map<string, Loop>();
    runs.set(runId, loops);
    const none = (): Loop => ({
      results: new Map(),
      ended: new Set(),
      failed: new Set(),
      endsRun: new Set(),
    });
    const loop = loops.get(path) ?? none();
    loops.set(path, loop);
    return loop;
  };
  return {
    async keepState(key, state) {
      const loop = loopOf(key);
      if (loop.state === undefined) loop.state = state;
    },
    state: async (key) => loopOf(key).state,
    async keepResult(key, chunk, result) {
      const { results } = loopOf(key);
      if ((results.get(chunk)?.epoch ?? 0) <= result.epoch) results.set(chunk, result);
    },
    results: async (key) => new Map([...loopOf(key).results].map(([chunk, { value }]) => [chunk, value])),
    async removeResult(key, chunk) {
      loopOf(key).results.delete(chunk);
    },
    async end(key, { number, of, failed, endsRun }) {
      const loop = loopOf(key);
      loop.ended.add(number);
      if (failed) loop.failed.add(number);
      if (endsRun) loop.endsRun.add(number);
      return loop.ended.size === of;
    },
    async reopen(key, chunk) {
      const loop = loopOf(key);
      loop.ended.delete(chunk);
      loop.failed.delete(chunk);
      loop.endsRun.delete(chunk);
    },
    async progress(key) {
      const { ended, failed, endsRun } = loopOf(key);
      return { ended: new Set(ended), failed: new Set(failed), endsRun: new Set(endsRun) };
    },
    forget: (runId) => void runs.delete(runId),
  };
}
