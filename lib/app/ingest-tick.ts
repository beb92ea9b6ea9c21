import { createHash } from "node:crypto";
import type { StoredEvent } from "../core/run.ts";
import { isDeployedTo } from "../core/workflow.ts";
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
    body: new TextEncoder().encode(JSON.stringify(entry.payload ?? {})),
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
    runId: tickId(ingest.stage, workflow, scheduledAt),
    now: Date.parse(scheduledAt),
  });
}

/** UUIDv7 of the scheduled time whose random part is a hash: the same tick gives the same run. */
function tickId(stage: string, workflow: string, scheduledAt: string): string {
  const time = new Date(scheduledAt).getTime().toString(16).padStart(12, "0");
  const chance = createHash("sha256").update(`${stage}/${workflow}/${scheduledAt}`).digest("hex");
  const variant = "89ab"[Number.parseInt(chance[3] as string, 16) % 4];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${chance.slice(0, 3)}-${variant}${chance.slice(4, 7)}-${chance.slice(7, 19)}`;
}
