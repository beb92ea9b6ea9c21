import type { ClaimedRun } from "../core/run.ts";
import type { RunEnd } from "../engine/run-end.ts";
import type { Runner } from "./runner.ts";

/**
 * How a run ends that is not the last one of its burst; undefined where it is, and for one that has begun already. Of two
 * runs that are looked at any number of times, the same one ends: nothing counts but when their deliveries came.
 */
export async function superseded(
  { bursts, store }: Pick<Runner, "bursts" | "store">,
  { runId, burst, journal, redrives }: ClaimedRun,
): Promise<RunEnd | undefined> {
  if (!burst || journal.length > 0 || redrives) return undefined;
  for await (const follower of bursts.followers(runId, burst)) {
    // A delivery is remembered before it is stored: one that nobody stored leaves the burst to those before it.
    if ((await store.status(follower)) === undefined) continue;
    return { kind: "dropped", reason: `input.limits.debounce: superseded by run ${follower}` };
  }
  return undefined;
}
