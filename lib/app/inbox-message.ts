import { FlowError } from "../core/flow-error.ts";
import { isObject, type Json, parseJson } from "../core/json.ts";

/** A workflow's schedule ticked. */
export interface CronMessage {
  readonly source: "hookline.cron";
  readonly workflow: string;
  /** ISO 8601: when the tick was due. */
  readonly scheduled_at: string;
  /** Hash of a version that starts at once because it was deployed; absent: the schedule's own time. */
  readonly version?: string;
}

/** EventBridge brought an event that a workflow's input fits. */
export interface EventMessage {
  readonly source: "hookline.event";
  readonly workflow: string;
  readonly event: Json;
}

/** What a message in a stage's inbox says: the infrastructure writes them, and the local stack. */
export type InboxMessage = CronMessage | EventMessage;

/** Reads a message. @throws FlowError `invalid_input` for what nobody here wrote. */
export function parseInboxMessage(body: string): InboxMessage {
  const message = readObject(body);
  const { source, workflow, scheduled_at, version, event } = message;
  if (typeof workflow === "string") {
    if (source === "hookline.event" && event !== undefined) return { source, workflow, event };
    const isTime = typeof scheduled_at === "string" && !Number.isNaN(Date.parse(scheduled_at));
    if (source === "hookline.cron" && isTime)
      return { source, workflow, scheduled_at, ...(typeof version === "string" && { version }) };
  }
  throw new FlowError("invalid_input", "the message is none of this stage's");
}

/** What a message is about, in a few words; undefined for what nobody here wrote. */
export function describeInboxMessage(
  body: string,
): { readonly workflow: string; readonly what: string } | undefined {
  try {
    const message = parseInboxMessage(body);
    const { workflow } = message;
    if (message.source === "hookline.cron") return { workflow, what: `the tick of ${message.scheduled_at}` };
    const { "detail-type": type, source } = isObject(message.event) ? message.event : {};
    const what = [type, source].every((one) => typeof one === "string") ? `${type} of ${source}` : "an event";
    return { workflow, what };
  } catch (thrown) {
    if (thrown instanceof FlowError) return undefined;
    throw thrown;
  }
}

function readObject(body: string): { readonly [key: string]: Json } {
  try {
    const value = parseJson(body);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
