import { bodyKindOf, mediaType } from "../core/event-body.ts";
import { FlowError } from "../core/flow-error.ts";
import { formatJson, type Json } from "../core/json.ts";
import { findJsonError } from "../core/json-error.ts";
import type { StoredEvent } from "../core/run.ts";
import type { Workflow } from "../core/workflow.ts";
import type { Given } from "./case-schema.ts";

/**
 * The event of a case: JSON, text of a content type, or what the schedule of the workflow brings. `readFile` gets the
 * text of `event_file`.
 * @throws FlowError `invalid_input` for a body that says it is JSON and is none: no run would begin.
 */
export function caseEvent(
  given: Given,
  { input }: Workflow,
  nowMs: number,
  readFile: (file: string) => string,
): StoredEvent {
  const { event, event_file: file, body, base64 } = given;
  const isRaw = body !== undefined || base64 !== undefined;
  const type = given.content_type ?? (isRaw ? "" : "application/json");
  const usual: Json = input.type === "cron" ? input.payload : {};
  const text = body ?? (file === undefined ? formatJson(event ?? usual) : readFile(file));
  const bytes = base64 === undefined ? new TextEncoder().encode(text) : Buffer.from(base64, "base64");
  const isJson = bodyKindOf(mediaType(type)) === "json" && bytes.length > 0;
  const problem = isJson ? findJsonError(new TextDecoder().decode(bytes)) : undefined;
  if (problem) throw new FlowError("invalid_input", `${file ?? "the body"} is not JSON: ${problem.message}`);
  const { method = "POST", path = "/", query = {}, headers = {} } = given.request ?? {};
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    body: bytes,
    contentType: mediaType(type),
    request: {
      method,
      path,
      query,
      headers: { ...(type !== "" && { "content-type": type }), ...Object.fromEntries(named) },
      received_at: new Date(nowMs).toISOString(),
      delivery_id: "test",
    },
  };
}
