import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { copyFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";

const PYODIDE_FILES = [
  "pyodide.mjs",
  "pyodide.asm.mjs",
  "pyodide.asm.wasm",
  "pyodide-lock.json",
  "python_stdlib.zip",
];

/**
 * Puts into one folder all that an interpreter's process may read: its program, Pyodide, what boots it, and the
 * snapshot, made if need be.
 * @throws Error when no snapshot can be made.
 */
export async function bundlePython(root: string, dir: string): Promise<void> {
  const source = join(root, "lib/adapters/python");
  const pyodide = dirname(createRequire(import.meta.url).resolve("pyodide"));
  const { stdout: snapshot } = await promisify(execFile)(process.execPath, [
    join(source, "print-snapshot.ts"),
  ]);
  await build({
    entryPoints: [join(source, "child.ts")],
    outfile: join(dir, "child.mjs"),
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node24",
    legalComments: "none",
    logLevel: "error",
  });
  const copy = (file: string, name: string) => copyFile(file, join(dir, name), constants.COPYFILE_FICLONE);
  await Promise.all([
    ...PYODIDE_FILES.map((name) => copy(join(pyodide, name), name)),
    copy(join(source, "boot.py"), "boot.py"),
    copy(snapshot, "snapshot.bin"),
  ]);
}
