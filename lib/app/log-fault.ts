import type { FlowError } from "../core/flow-error.ts";
import type { JsonObject } from "../core/json.ts";
import type { Log } from "../core/ports/log.ts";

/** Logs an error that is no step's, with the stack of a fault of ours. */
export function logFault(
  log: Log,
  what: string,
  { class: errorClass, message, cause }: FlowError,
  fields: JsonObject = {},
): void {
  const stack = cause instanceof Error ? { stack: cause.stack ?? "" } : {};
  log.write({
    level: "error",
    message: `${what}: ${message}`,
    fields: { class: errorClass, ...fields, ...stack },
  });
}
