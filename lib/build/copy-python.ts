import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const PYODIDE_FILES = [
  "pyodide.mjs",
  "pyodide.asm.mjs",
  "pyodide.asm.wasm",
  "pyodide-lock.json",
  "python_stdlib.zip",
];

/**
 * Copies what an interpreter is made of beside its program: Pyodide, what boots it, and the snapshot, made if need be.
 * @throws Error when no snapshot can be made.
 */
export async function copyPython(root: string, dir: string): Promise<void> {
  const source = join(root, "lib/adapters/python");
  const pyodide = dirname(createRequire(import.meta.url).resolve("pyodide"));
  const { stdout: snapshot } = await promisify(execFile)(process.execPath, [join(source, "print-snapshot.ts")]);
  await mkdir(dir, { recursive: true });
  const copy = (file: string, name: string) => copyFile(file, join(dir, name), constants.COPYFILE_FICLONE);
  await Promise.all([
    ...PYODIDE_FILES.map((name) => copy(join(pyodide, name), name)),
    copy(join(source, "boot.py"), "boot.py"),
    copy(snapshot, "snapshot.bin"),
  ]);
}
