import { FlowError } from "../core/flow-error.ts";
import { printable } from "./printable.ts";

/** What the process's exit code says. */
export const EXIT = {
  /** Done; a run `succeeded` or was `dropped`. */
  ok: 0,
  /** A run failed, or something outside did. */
  failed: 1,
  /** A file or the command line is wrong. */
  usage: 2,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

/** Says on standard error what went wrong, in one sentence, and gives the exit code; HOOKLINE_DEBUG=1 adds the stack. */
export function reportFailure(error: unknown): number {
  const known = error instanceof FlowError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`hookline: ${printable(known ? message : `unexpected fault: ${message}`)}\n`);
  if (process.env.HOOKLINE_DEBUG === "1" && error instanceof Error) {
    process.stderr.write(`${error.stack}\n`);
    if (error.cause instanceof Error) process.stderr.write(`caused by ${error.cause.stack}\n`);
  } else if (!known) process.stderr.write("HOOKLINE_DEBUG=1 shows where it happened.\n");
  return known && ["config_error", "invalid_input"].includes(error.class) ? EXIT.usage : EXIT.failed;
}
