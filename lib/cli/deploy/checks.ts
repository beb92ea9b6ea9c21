import { fileURLToPath } from "node:url";
import { FlowError } from "../../core/flow-error.ts";
import { runProgram } from "./run-program.ts";

const HOOKLINE = [process.execPath, fileURLToPath(new URL("../hookline.mjs", import.meta.url))];

/** What the checks before a deployment found, when nothing keeps it back. */
export interface Checked {
  readonly warnings: number;
  readonly tests: number;
}

/**
 * Checks the workflows and runs their tests, as `hookline check` and `hookline test` do.
 * @throws FlowError `invalid_input` saying what to call, when one finds an error or a test fails.
 */
export async function checkAndTest(signal: AbortSignal): Promise<Checked> {
  const checked = await call(["check", "--json"], signal);
  const errors = countIn(checked, "errors");
  if (errors > 0)
    throw new FlowError(
      "invalid_input",
      `hookline check finds ${errors} ${errors === 1 ? "error" : "errors"}: call it, mend, deploy again`,
    );
  const tested = await call(["test", "--json"], signal);
  const failed = countIn(tested, "failed") + countIn(tested, "broken");
  if (failed > 0)
    throw new FlowError("invalid_input", `hookline test: ${failed} failed: call it, mend, deploy again`);
  return { warnings: countIn(checked, "warnings"), tests: countIn(tested, "passed") };
}

async function call(
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly [key: string]: unknown }> {
  const { code, stdout } = await runProgram([...HOOKLINE, ...args], { capture: true, signal });
  try {
    return JSON.parse(stdout);
  } catch (cause) {
    throw new FlowError("invalid_input", `hookline ${args[0]} ended with ${code} before it had a result`, {
      cause,
    });
  }
}

function countIn(report: { readonly [key: string]: unknown }, key: string): number {
  return typeof report[key] === "number" ? report[key] : 0;
}

/**
 * The commit of this folder's files.
 * @throws FlowError `invalid_input` when they differ from every commit, unless that is allowed.
 */
export async function commitOf(allowDirty: boolean): Promise<string | undefined> {
  const [head, status] = await Promise.all([git("rev-parse", "HEAD"), git("status", "--porcelain")]);
  if (status === "" && head !== undefined) return head.trim();
  if (allowDirty) return undefined;
  const why =
    head === undefined ? "this folder is in no git commit" : "there are changes that are in no commit";
  throw new FlowError(
    "invalid_input",
    `${why}, so that nobody could say later what was deployed, nor go back to it: commit first, or add --allow-dirty`,
  );
}

async function git(...args: readonly string[]): Promise<string | undefined> {
  try {
    const { code, stdout } = await runProgram(["git", ...args], { capture: true });
    return code === 0 ? stdout : undefined;
  } catch {
    // Without git there is no commit.
    return undefined;
  }
}
