import { EXIT } from "./exit.ts";

/** npm passes a terminal's Ctrl-C on to a process that has it already: signals this close are one. */
const SAME_KEY_MS = 300;

/**
 * Calls `stop` at the first Ctrl-C (or SIGTERM) and ends the process at the second. The returned function stops listening.
 */
export function onInterrupt(stop: () => void): () => void {
  let first: number | undefined;
  const onSignal = (): void => {
    if (first === undefined) {
      first = performance.now();
      stop();
    } else if (performance.now() - first > SAME_KEY_MS) process.exit(EXIT.interrupted);
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return () => {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  };
}
