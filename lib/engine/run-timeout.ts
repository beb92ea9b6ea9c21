import { FlowError } from "../core/flow-error.ts";
import type { Execution } from "./execution.ts";

const RUN_TIMEOUT = Symbol("run timeout");

/** The failure of a run whose own time limit is over. */
export function runTimeout({ workflow }: Execution): FlowError {
  const message = `the run took longer than its timeout of ${workflow.timeoutSeconds} seconds`;
  return new FlowError("timeout", message, { cause: RUN_TIMEOUT });
}

/** True for {@link runTimeout}: no step's policy and no further delivery helps. */
export function isRunTimeout(error: FlowError): boolean {
  return error.cause === RUN_TIMEOUT;
}
