import { FlowError } from "../core/flow-error.ts";
import { formatJson, isObject, type Json, type JsonObject } from "../core/json.ts";
import { DEEPEST_EVENT, nestsDeeperThan } from "../core/json-depth.ts";
import type { Arrival } from "./arrival.ts";

/** An event of Amazon EventBridge (User Guide, "Event structure"). */
export interface BridgeEvent {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: string;
  readonly detail: JsonObject;
  /** Set where an archive brings the event once more. */
  readonly replay: string;
  /** All of it. */
  readonly whole: JsonObject;
}

/** Reads an event. @throws FlowError `invalid_input` for what EventBridge would not have sent. */
export function readBridgeEvent(value: Json | undefined): BridgeEvent {
  const whole = isObject(value) ? value : {};
  const { id, time, detail, "detail-type": kind = "", "replay-name": replay = "" } = whole;
  const at = typeof time === "string" ? Date.parse(time) : Number.NaN;
  if (
    typeof id !== "string" ||
    Number.isNaN(at) ||
    !isObject(detail) ||
    nestsDeeperThan(DEEPEST_EVENT, whole)
  )
    throw new FlowError(
      "invalid_input",
      `no event of EventBridge: expected id, time and detail, nested at most ${DEEPEST_EVENT} levels deep`,
    );
  return { id, at, kind: String(kind), detail, replay: String(replay), whole };
}

/** An event as an arrival: the whole of it is the body. A replay of an archive is a run of its own. */
export function bridgeArrival({ id, at, replay, whole }: BridgeEvent): Arrival {
  return {
    event: {
      body: new TextEncoder().encode(formatJson(whole)),
      contentType: "application/json",
      request: {
        method: "EVENTBRIDGE",
        path: "",
        query: {},
        headers: {},
        received_at: new Date(at).toISOString(),
        delivery_id: id,
      },
    },
    at,
    id: replay === "" ? id : `${id}/${replay}`,
  };
}
