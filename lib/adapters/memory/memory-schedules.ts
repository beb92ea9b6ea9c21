import type { LatestTick, Schedules } from "../../core/ports/schedules.ts";

/** The latest ticks of schedules, in this process's memory: the same promises as the durable ones. */
export function createMemorySchedules(): Schedules {
  const latest = new Map<string, LatestTick>();
  return {
    latest: async (workflow) => latest.get(workflow),
    async follow(workflow, tick, before) {
      const there = latest.get(workflow)?.runId;
      if (there === before) latest.set(workflow, tick);
      return there === before || there === tick.runId;
    },
  };
}
