import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { dirname, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { PythonFiles } from "./python-files.ts";

/** Pages of 64 KiB: 384 MB for Python's memory. */
const MEMORY_PAGES = 6_144;
/** For what Python makes of JavaScript. */
const HEAP_MB = 192;

/**
 * Starts the child process: an empty environment, no file but its own to read and none to write, no process, worker or
 * add-on to start, no code made of text. With `make` it writes a snapshot of its memory to standard output and ends.
 */
export function spawnPython(files: PythonFiles, task: "serve" | "make"): ChildProcessWithoutNullStreams {
  const { child, boot, pyodide, snapshot } = files;
  const readable = new Set(
    [child, pyodide + sep, boot, ...(snapshot === undefined ? [] : [snapshot])].map(folderOf),
  );
  const last = task === "make" ? "make" : snapshot === undefined ? "" : pathToFileURL(snapshot).href;
  return spawn(
    process.execPath,
    [
      "--permission",
      ...[...readable].map((folder) => `--allow-fs-read=${folder}${sep}*`),
      "--disallow-code-generation-from-strings",
      `--wasm-max-mem-pages=${MEMORY_PAGES}`,
      `--max-old-space-size=${HEAP_MB}`,
      "--no-warnings",
      child,
      `${pathToFileURL(pyodide).href}/`,
      pathToFileURL(boot).href,
      last,
    ],
    { env: {}, cwd: dirname(child), stdio: "pipe", windowsHide: true },
  );
}

function folderOf(path: string): string {
  return path.endsWith(sep) ? path.slice(0, -1) : dirname(path);
}
