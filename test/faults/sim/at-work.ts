import type { SimProcess } from "./sim-process.ts";

/** Which runs have a request under way, by what they share. */
export interface AtWork {
  /** A run's request leaves its process; called when it has ended. */
  begin(shared: string, process: SimProcess, runId: string): () => void;
}

/** Tells when more than `most` runs that share something are at work at once. */
export function createAtWork(most: number, broken: (what: string) => void): AtWork {
  const underWay = new Map<string, Set<{ readonly process: SimProcess; readonly runId: string }>>();
  return {
    begin(shared, process, runId) {
      const all = underWay.get(shared) ?? new Set();
      underWay.set(shared, all);
      // Who stood still may have lost its place, and finds out when it next writes.
      for (const one of all) if (!one.process.isAlive || one.process.hasStalled) all.delete(one);
      if (process.hasStalled) return () => {};
      const mine = { process, runId };
      all.add(mine);
      const runs = new Set([...all].map((one) => one.runId));
      if (runs.size > most) broken(`${[...runs].join(", ")} of ${shared} are at work at once`);
      return () => void all.delete(mine);
    },
  };
}
