import type { Clock } from "../core/ports/clock.ts";
import type { Interruption } from "../core/step-result.ts";
import { entryTraits } from "./entry-traits.ts";
import { spendWait } from "./spend-wait.ts";
import type { StepRecord } from "./step-record.ts";
import { fitsOnlyElsewhere } from "./time-limit.ts";
import type { Place, Walk } from "./walk.ts";

const FIRST_LOOK_MS = 100;

/** How a step waits for another one's result. */
export interface Patience {
  /** True when it has waited long enough. */
  isOver(): boolean;
  /** Until when it waits before it looks again: half as long as it has waited so far, `until` at the latest. */
  nextLook(until: number): number;
  /** Lets time pass, here or outside of the process, until `dueAt` or `woken`. The interruption that ends the step's stay, if any. */
  wait(dueAt: number, woken?: AbortSignal): Promise<Interruption | undefined>;
}

/** Patience of `longestMs`, counted from when the step first waited, in this process or an earlier one. */
export function createPatience(walk: Walk, place: Place, record: StepRecord, longestMs: number): Patience {
  const { execution } = walk;
  const { journal, ports } = execution;
  const before = journal.unsettled(place.path);
  const since = before?.status === "waiting" ? before.startedAt : ports.clock.now();
  return {
    isOver: () => ports.clock.now() >= since + longestMs,
    nextLook(until) {
      const now = ports.clock.now();
      const next = Math.min(until, since + longestMs, now + (now - since) / 2);
      return Math.ceil(Math.max(now + FIRST_LOOK_MS, next));
    },
    async wait(dueAt, woken) {
      const leave = await spendWait(walk, place, dueAt, (ms, signal) =>
        sleepUntil(ports.clock, ms, signal, woken),
      );
      // An entry of attempts that were made says more.
      if (leave?.kind === "pause" && journal.unsettled(place.path) === undefined) {
        const end = { status: "waiting", attempts: 0, dueAt, note: "for the result of another run" } as const;
        journal.record(record.entry(end, ports.clock.now()), entryTraits(place));
      }
      if (leave) return leave;
      return fitsOnlyElsewhere(execution, place)
        ? { kind: "pause", pause: { reason: "hand_over" } }
        : undefined;
    },
  };
}

/** Sleeps until `woken` at the longest. */
async function sleepUntil(clock: Clock, ms: number, signal: AbortSignal, woken?: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, woken ? AbortSignal.any([signal, woken]) : signal);
  } catch (thrown) {
    if (signal.aborted || !woken?.aborted) throw thrown;
  }
}
