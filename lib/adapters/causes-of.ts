/** What was thrown, or stands behind it. */
export interface Fault {
  readonly message?: string;
  readonly code?: string;
  readonly cause?: unknown;
}

/** What was thrown and the causes behind it, at most eight. */
export function* causesOf(thrown: unknown): Generator<Fault> {
  let fault = thrown as Fault | undefined;
  for (let depth = 0; depth < 8 && typeof fault === "object" && fault !== null; depth += 1) {
    yield fault;
    fault = fault.cause as Fault | undefined;
  }
}
