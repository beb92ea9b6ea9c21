import type { MiddlewareObj } from "@middy/core";
import { toFlowError } from "../core/flow-error.ts";
import type { Log } from "../core/ports/log.ts";

/**
 * Writes every fault that leaves a handler to the log, with the invocation's id. The invocation still fails: the
 * platform tries it again.
 */
export function logFaults<Event, Answer>(log: Log): MiddlewareObj<Event, Answer> {
  return {
    onError(request) {
      const { message, class: errorClass, cause } = toFlowError(request.error);
      const stack = cause instanceof Error ? { stack: cause.stack ?? "" } : {};
      const fields = { request_id: request.context.awsRequestId, class: errorClass, ...stack };
      log.write({ level: "error", message, fields });
    },
  };
}
