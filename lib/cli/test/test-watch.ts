import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { watchFolder } from "../../local/watch-folder.ts";
import { findTests } from "../../testing/find-tests.ts";
import { EXIT, reportFailure } from "../exit.ts";
import { onInterrupt } from "../interrupt.ts";

/** Editors write in several steps; the last one counts. */
const SETTLE_MS = 60;

/**
 * Runs tests, and again whenever a workflow, a test or an event changes in their folders, until Ctrl-C.
 * @throws FlowError `invalid_input` for arguments that name no tests.
 */
export async function watchTests(args: readonly string[], run: () => Promise<number>): Promise<number> {
  const { testFiles, workflowFiles } = findTests(args);
  const folders = [...new Set([...testFiles, ...workflowFiles].map((file) => dirname(file)))];
  let running = Promise.resolve();
  let settling: NodeJS.Timeout | undefined;
  let seen: string | undefined;
  const runAgain = async (): Promise<void> => {
    // A report may be written into the same folder.
    const now = folders.map(contentOf).join();
    if (now === seen) return;
    seen = now;
    await run().catch(reportFailure);
    process.stderr.write("\nwatching for changes, Ctrl-C ends\n");
  };
  const onEvent = (): void => {
    clearTimeout(settling);
    settling = setTimeout(() => {
      running = running.then(runAgain);
    }, SETTLE_MS);
  };
  const stops = folders.map((folder) => watchFolder(folder, onEvent));
  await new Promise<void>((resolve) => {
    const forget = onInterrupt(() => {
      forget();
      resolve();
    });
  });
  clearTimeout(settling);
  for (const stop of stops) stop();
  await running;
  return EXIT.ok;
}

/** Which files of a folder tests are made of, and when each was written; empty for a folder that is gone. */
function contentOf(folder: string): string {
  try {
    return readdirSync(folder)
      .filter((name) => /\.(?:ya?ml|json)$/.test(name))
      .map((name) => `${name} ${statSync(join(folder, name)).mtimeMs}`)
      .join();
  } catch {
    return "";
  }
}
