import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cachedSnapshot } from "./snapshot-cache.ts";

/** What an interpreter is made of. */
export interface PythonFiles {
  /** The program of the child process. */
  readonly child: string;
  readonly boot: string;
  /** Folder with Pyodide's own files. */
  readonly pyodide: string;
  /** Memory of an interpreter that has just started; absent: it starts from nothing. */
  readonly snapshot?: string;
}

let found: Promise<PythonFiles> | undefined;

/** The files: in the source tree, or in the folder that the build put beside the bundle whose chunk this module ended in. */
export function pythonFiles(): Promise<PythonFiles> {
  found ??= findFiles();
  return found;
}

async function findFiles(): Promise<PythonFiles> {
  if (!import.meta.url.endsWith(".ts")) {
    const folder = fileURLToPath(new URL("python", import.meta.url));
    const [child = "", boot = "", snapshot = ""] = ["child.mjs", "boot.py", "snapshot.bin"].map((name) =>
      join(folder, name),
    );
    return { child, boot, snapshot, pyodide: folder };
  }
  const files = sourceFiles();
  // Where none can be made or kept, interpreters start from nothing.
  const snapshot = await cachedSnapshot(files).catch(() => undefined);
  return { ...files, ...(snapshot !== undefined && { snapshot }) };
}

/** The files of the source tree, of which the snapshot is made. */
export function sourceFiles(): PythonFiles {
  return {
    child: fileURLToPath(new URL("child.ts", import.meta.url)),
    boot: fileURLToPath(new URL("boot.py", import.meta.url)),
    pyodide: dirname(createRequire(import.meta.url).resolve("pyodide")),
  };
}
