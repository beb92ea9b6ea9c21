import type { InputEntry } from "../core/workflow.ts";
import { type Arrival, runIdOfArrival } from "./arrival.ts";
import type { Ingest } from "./store-event.ts";

/** A version is started at once only one time, however long it is in force. */
const REMEMBERED_MS = 10 * 365 * 86_400_000;

/** A tick of a workflow's schedule, as an arrival; `scheduledAt`, ISO 8601, makes a repeated one the same run. */
export function tickArrival(entry: InputEntry, scheduledAt: string): Arrival {
  return arrivalOf(entry, Date.parse(scheduledAt), scheduledAt, scheduledAt);
}

/** The start of the version in force, as an arrival: the same one however often and whenever it is asked for. */
export async function startArrival(
  { deliveries, stage }: Pick<Ingest, "deliveries" | "stage">,
  entry: InputEntry,
  at: number,
): Promise<Arrival> {
  const { name, hash } = entry;
  const id = `start/${hash}`;
  const named = await deliveries.name(
    { workflow: name, key: id, until: at + REMEMBERED_MS },
    { runId: runIdOfArrival(stage, name, { at, id }), createdAt: at },
  );
  return arrivalOf(entry, named.createdAt, new Date(named.createdAt).toISOString(), id);
}

function arrivalOf({ name, schedule }: InputEntry, at: number, receivedAt: string, id: string): Arrival {
  return {
    event: {
      body: new TextEncoder().encode(JSON.stringify(schedule?.payload ?? {})),
      contentType: "application/json",
      request: {
        method: "CRON",
        path: "",
        query: {},
        headers: {},
        received_at: receivedAt,
        delivery_id: `${name}/${receivedAt}`,
      },
    },
    at,
    id,
  };
}
