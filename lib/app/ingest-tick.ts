import type { StoredEvent } from "../core/run.ts";
import { isDeployedTo } from "../core/workflow.ts";
import { derivedRunId } from "./derived-run-id.ts";
import { type Ingest, storeEvent } from "./store-event.ts";

/** What EventBridge Scheduler sends to ingest. */
export interface CronEvent {
  readonly source: "hookline.cron";
  readonly workflow: string;
  /** ISO 8601. */
  readonly scheduled_at: string;
}

/** A tick of a workflow's schedule. */
export interface CronTick {
  readonly workflow: string;
  /** ISO 8601: when the tick was due, which makes a repeated one the same run. */
  readonly scheduledAt: string;
}

/** Stores and enqueues the run of a schedule's tick. @throws FlowError when store or queue do not take it. */
export async function ingestTick(ingest: Ingest, { workflow, scheduledAt }: CronTick): Promise<void> {
  const entry = ingest.inputs.all().find(({ name, type }) => name === workflow && type === "cron");
  if (!entry || !isDeployedTo(ingest.stage, entry)) {
    ingest.log.write({
      level: "warn",
      message: "a schedule ticked for a workflow that is not deployed",
      fields: { workflow },
    });
    return;
  }
  const event: StoredEvent = {
    body: new TextEncoder().encode(JSON.stringify(entry.schedule?.payload ?? {})),
    contentType: "application/json",
    request: {
      method: "CRON",
      path: "",
      query: {},
      headers: {},
      received_at: scheduledAt,
      delivery_id: `${workflow}/${scheduledAt}`,
    },
  };
  // The tick's own time, not ours: a repeated tick is the same run to the last attribute.
  await storeEvent(ingest, entry, event, {
    runId: derivedRunId(Date.parse(scheduledAt), `${ingest.stage}/${workflow}/${scheduledAt}`),
    now: Date.parse(scheduledAt),
  });
}
