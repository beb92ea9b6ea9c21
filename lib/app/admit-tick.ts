import { FlowError } from "../core/flow-error.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { NewRunStore } from "../core/ports/run-store.ts";
import type { LatestTick, Schedules } from "../core/ports/schedules.ts";
import { isFinal } from "../core/run.ts";

/** What is to come of a tick. */
export type TickVerdict =
  | { readonly kind: "runs" }
  /** The run of an earlier tick has not ended. */
  | { readonly kind: "overlaps"; readonly earlier: string };

/** What looking at a schedule needs. */
export interface TickPlace {
  readonly store: Pick<NewRunStore, "status">;
  readonly schedules: Schedules;
  readonly clock: Clock;
}

const RUNS: TickVerdict = { kind: "runs" };
/** A run that has its place and is not there yet is being made; after so long it will not be made any more. */
const MADE_WITHIN_MS = 15 * 60_000;
const MOST_TRIES = 5;

/**
 * Whether a tick's run may begin: the run of the latest tick has ended, or is this one. Of many ticks that come at once one may.
 * @throws FlowError `server_error` when others are faster again and again, and what the ports throw.
 */
export async function admitTick(place: TickPlace, workflow: string, runId: string): Promise<TickVerdict> {
  const { schedules, clock } = place;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const latest = await schedules.latest(workflow);
    if (latest?.runId === runId) return RUNS;
    if (latest && (await isOpen(place, latest))) return { kind: "overlaps", earlier: latest.runId };
    if (await schedules.follow(workflow, { runId, takenAt: clock.now() }, latest?.runId)) return RUNS;
  }
  throw new FlowError("server_error", `ticks of ${workflow} come all at once`);
}

async function isOpen({ store, clock }: TickPlace, { runId, takenAt }: LatestTick): Promise<boolean> {
  const status = await store.status(runId);
  return status === undefined ? clock.now() - takenAt < MADE_WITHIN_MS : !isFinal(status);
}
