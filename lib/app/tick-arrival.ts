import type { InputEntry } from "../core/workflow.ts";
import type { Arrival } from "./arrival.ts";

/** A tick of a workflow's schedule, as an arrival; `scheduledAt`, ISO 8601, makes a repeated one the same run. */
export function tickArrival({ name, schedule }: InputEntry, scheduledAt: string): Arrival {
  return {
    event: {
      body: new TextEncoder().encode(JSON.stringify(schedule?.payload ?? {})),
      contentType: "application/json",
      request: {
        method: "CRON",
        path: "",
        query: {},
        headers: {},
        received_at: scheduledAt,
        delivery_id: `${name}/${scheduledAt}`,
      },
    },
    at: Date.parse(scheduledAt),
    id: scheduledAt,
  };
}
