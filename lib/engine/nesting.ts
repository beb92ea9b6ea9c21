import { FlowError } from "../core/flow-error.ts";
import type { Execution } from "./execution.ts";

/** Runs below each other, the first one not counted: a workflow that starts itself ends somewhere. */
const DEEPEST = 10;

/** How many runs stand above one that this run makes. @throws FlowError `config_error` when `what` would nest too deep. */
export function depthBelow({ run }: Execution, what: string): number {
  const depth = run.depth + 1;
  if (depth <= DEEPEST) return depth;
  throw new FlowError(
    "config_error",
    `runs may nest ${DEEPEST} deep, and ${what} would be one more: look whether a workflow starts itself`,
  );
}
