import type { Turns } from "../../core/ports/turns.ts";
import { turnAt, turnRate } from "../../core/turn-rate.ts";

/** Turns of keys in this process's memory: the same promises as the durable ones. */
export function createMemoryTurns(): Turns {
  const dueTimes = new Map<string, number>();
  return {
    async take(request) {
      const rate = turnRate(request);
      const place = JSON.stringify([request.workflow, request.key]);
      const due = Math.max(dueTimes.get(place) ?? 0, rate.now);
      const turn = turnAt(due, rate);
      if (turn.taken) dueTimes.set(place, due + rate.interval);
      return turn;
    },
  };
}
