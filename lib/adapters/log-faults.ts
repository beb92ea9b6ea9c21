import type { MiddlewareObj } from "@middy/core";
import { stackOf, toFlowError } from "../core/flow-error.ts";
import type { Log } from "../core/ports/log.ts";

/**
 * Writes every fault that leaves a handler to the log, with the invocation's id. The invocation still fails: the
 * platform tries it again.
 */
export function logFaults<Event, Answer>(log: Log): MiddlewareObj<Event, Answer> {
  return {
    onError(request) {
      const error = toFlowError(request.error);
      const fields = { request_id: request.context.awsRequestId, class: error.class, ...stackOf(error) };
      log.write({ level: "error", message: error.message, fields });
    },
  };
}
