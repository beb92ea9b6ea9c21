import type { Python } from "../core/ports/python.ts";

/** Python that stays warm from run to run: one interpreter for all. Each call has names of its own; modules are shared. */
export function oneInterpreter(python: Python): Python {
  return { run: (request) => python.run({ ...request, runId: "tests" }), endRun() {} };
}
