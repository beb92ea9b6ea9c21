import { type FlowError, stackOf } from "../core/flow-error.ts";
import type { JsonObject } from "../core/json.ts";
import type { Log } from "../core/ports/log.ts";

/** Logs an error that is no step's, with the stack of a fault of ours. */
export function logFault(log: Log, what: string, error: FlowError, fields: JsonObject = {}): void {
  log.write({
    level: "error",
    message: `${what}: ${error.message}`,
    fields: { class: error.class, ...fields, ...stackOf(error) },
  });
}
