import type { Burst } from "../core/run.ts";
import type { InputEntry } from "../core/workflow.ts";
import type { Ingest } from "./store-event.ts";
import { keptSeconds } from "./timings.ts";

/** The burst that a delivery belongs to where its input debounces. @throws FlowError when the store cannot be reached. */
export async function joinBurst(
  { bursts }: Pick<Ingest, "bursts">,
  entry: InputEntry,
  runId: string,
  key = "",
): Promise<Burst | undefined> {
  const rule = entry.webhook?.limits?.debounce;
  if (!rule) return undefined;
  const { seconds, maxSeconds } = rule;
  return bursts.join({
    workflow: entry.name,
    key,
    runId,
    seconds,
    ...(maxSeconds !== undefined && { maxSeconds }),
    keptSeconds: keptSeconds(entry),
  });
}
