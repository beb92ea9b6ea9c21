import type { InputEntry } from "../core/workflow.ts";
import { type Accepting, storeEvent } from "./store-event.ts";
import { tickArrival } from "./tick-arrival.ts";

/**
 * Makes a run of a schedule's workflow as a tick at this moment would, because somebody asks for it: whether the run of an earlier tick
 * has ended is not looked at, and the run says that it is a test. Gives its id. @throws FlowError when store or queue do not take it.
 */
export async function tickNow(accepting: Accepting, entry: InputEntry, sourceIp: string): Promise<string> {
  const { clock, random, log } = accepting;
  const now = clock.now();
  const runId = random.timeOrderedUuid(now);
  const { event } = tickArrival(entry, new Date(now).toISOString());
  const delivery = { bytes: event.body.length, sourceIp, isTest: true } as const;
  await storeEvent(accepting, entry, event, { runId, now, delivery });
  log.write({
    level: "info",
    message: "event accepted",
    fields: { run_id: runId, workflow: entry.name, bytes: delivery.bytes },
  });
  return runId;
}
