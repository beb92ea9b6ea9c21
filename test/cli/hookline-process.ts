import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** The file behind the command `hookline`. */
export const hooklineScript = fileURLToPath(new URL("../../lib/cli/hookline.mjs", import.meta.url));

/** What a finished command leaves. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is called. */
export interface CallOptions {
  readonly cwd?: string;
  readonly env?: { readonly [name: string]: string };
  readonly stdin?: string;
  /** In place of this process's own Node. */
  readonly node?: string;
}

/** Runs the real command line to its end. */
export async function hookline(args: readonly string[], options: CallOptions = {}): Promise<Finished> {
  const child = spawn(options.node ?? process.execPath, [hooklineScript, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(options.stdin ?? "");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stdout, stderr };
}
