import type { Schedules } from "../core/ports/schedules.ts";
import type { InputEntry } from "../core/workflow.ts";
import { admitTick } from "./admit-tick.ts";
import { acceptArrival, runIdOfArrival } from "./arrival.ts";
import type { CronMessage } from "./inbox-message.ts";
import { servedEntry } from "./served-entry.ts";
import type { Ingest } from "./store-event.ts";
import { startArrival, tickArrival } from "./tick-arrival.ts";

/** What taking ticks needs. */
export interface Ticks
  extends Pick<
    Ingest,
    | "store"
    | "queue"
    | "catalog"
    | "clock"
    | "log"
    | "metrics"
    | "stage"
    | "timings"
    | "deliveries"
    | "splits"
  > {
  readonly schedules: Schedules;
}

/**
 * Makes the run of a schedule's tick, or records it as dropped, as the file says of ticks that overlap. False: the tick waits for the run
 * of an earlier one. @throws FlowError when the run could not be stored and enqueued.
 */
export async function takeTick(
  ticks: Ticks,
  entry: InputEntry,
  { scheduled_at, version }: CronMessage,
): Promise<boolean> {
  const served = await servedEntry(ticks, entry, () => scheduled_at);
  const arrival =
    version === undefined
      ? tickArrival(served, scheduled_at)
      : await startArrival(ticks, entry, Date.parse(scheduled_at));
  const overlap = served.schedule?.overlap ?? "allow";
  const runId = runIdOfArrival(ticks.stage, entry.name, arrival);
  const verdict = overlap === "allow" ? undefined : await admitTick(ticks, entry.name, runId);
  if (verdict?.kind !== "overlaps") await acceptArrival(ticks, served, arrival);
  else if (overlap === "skip")
    await acceptArrival(ticks, served, arrival, `run ${verdict.earlier} of an earlier tick has not ended`);
  else return false;
  return true;
}
