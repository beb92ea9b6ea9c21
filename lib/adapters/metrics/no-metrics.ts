import type { Metrics } from "../../core/ports/metrics.ts";

/** Counts nothing. */
export const NO_METRICS: Metrics = { add() {} };
