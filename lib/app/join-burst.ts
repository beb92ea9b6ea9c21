import type { Burst } from "../core/run.ts";
import type { InputEntry } from "../core/workflow.ts";
import type { Ingest } from "./store-event.ts";
import { DAY_MS } from "./timings.ts";

/** The burst that a delivery belongs to where its input debounces. @throws FlowError when the store cannot be reached. */
export async function joinBurst(
  { bursts }: Pick<Ingest, "bursts">,
  { name: workflow, webhook, retentionDays }: InputEntry,
  runId: string,
  key = "",
): Promise<Burst | undefined> {
  const rule = webhook?.limits?.debounce;
  if (!rule) return undefined;
  const { seconds, maxSeconds } = rule;
  return bursts.join({
    workflow,
    key,
    runId,
    seconds,
    ...(maxSeconds !== undefined && { maxSeconds }),
    keptSeconds: (retentionDays * DAY_MS) / 1000,
  });
}
