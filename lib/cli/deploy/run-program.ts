import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { FlowError } from "../../core/flow-error.ts";

/** How a program ended. */
export interface ProgramEnd {
  /** Null when a signal ended it. */
  readonly code: number | null;
  /** What it wrote to standard output, where that was asked for; elsewhere it goes to our standard error. */
  readonly stdout: string;
}

/**
 * Runs a program to its end; what it tells people goes to our standard error. An aborted signal passes Ctrl-C on to it.
 * @throws FlowError `config_error` when there is no such program.
 */
export async function runProgram(
  [command = "", ...args]: readonly string[],
  { capture, signal }: { readonly capture?: boolean; readonly signal?: AbortSignal } = {},
): Promise<ProgramEnd> {
  const child = spawn(command, args, { stdio: ["ignore", capture ? "pipe" : 2, 2] });
  const interrupt = () => child.kill("SIGINT");
  signal?.addEventListener("abort", interrupt);
  try {
    const [stdout] = await Promise.all([child.stdout ? text(child.stdout) : "", once(child, "close")]);
    return { code: child.exitCode, stdout };
  } catch (cause) {
    throw new FlowError("config_error", `${command} cannot be run: ${(cause as Error).message}`, { cause });
  } finally {
    signal?.removeEventListener("abort", interrupt);
  }
}
