import { type BurstTimes, burstWith } from "../../core/burst-end.ts";
import type { Bursts } from "../../core/ports/bursts.ts";
import { timeOfRunId } from "../../core/run.ts";

/** Bursts in this process's memory: the same promises as the durable ones. */
export function createMemoryBursts(): Bursts {
  const places = new Map<string, Map<string, BurstTimes>>();
  return {
    async join(delivery) {
      const { workflow, key, runId } = delivery;
      const place = JSON.stringify([workflow, key]);
      const known = places.get(place) ?? new Map<string, BurstTimes>();
      places.set(place, known);
      const [before] = [...known.keys()].filter((id) => id < runId).sort((a, b) => (a < b ? 1 : -1));
      const times =
        known.get(runId) ?? burstWith(delivery, before === undefined ? before : known.get(before));
      known.set(runId, times);
      return { place, until: times.until };
    },
    async *followers(runId, { place, until }) {
      const ids = [...(places.get(place)?.keys() ?? [])];
      yield* ids.filter((id) => id > runId && timeOfRunId(id) < until).sort((a, b) => (a < b ? 1 : -1));
    },
  };
}
