import type { ChildRuns } from "../../lib/core/ports/child-runs.ts";

/** For runs that start no others. */
export const noRuns: ChildRuns = {
  check: unasked,
  start: unasked,
  outcome: unasked,
  untilEnd: unasked,
};

function unasked(): Promise<never> {
  return Promise.reject(new Error("no other run was expected to be started here"));
}
