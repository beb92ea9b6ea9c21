import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { PythonFiles } from "./python-files.ts";
import { spawnPython } from "./spawn-python.ts";

/**
 * The snapshot of these files, made when there is none yet (some seconds) and kept in `node_modules/.cache`.
 * @throws Error when it cannot be made or kept.
 */
export async function cachedSnapshot(files: PythonFiles): Promise<string> {
  const file = await placeOf(files);
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > 0) return file;
  const bytes = await makeSnapshot(files);
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}`;
  await writeFile(partial, bytes);
  await rename(partial, file);
  await removeOlder(file);
  return file;
}

/** Each is 30 MB. */
async function removeOlder(file: string): Promise<void> {
  const names = await readdir(dirname(file));
  const older = names.filter((name) => name.endsWith(".bin") && name !== basename(file));
  await Promise.all(older.map((name) => rm(join(dirname(file), name), { force: true })));
}

/** Named after all that the snapshot depends on; Node's version is not among it. */
async function placeOf({ child, boot, pyodide }: PythonFiles): Promise<string> {
  const hash = createHash("sha256");
  for (const file of [
    child,
    boot,
    join(dirname(child), "pyodide-shell.ts"),
    join(dirname(child), "bare-globals.ts"),
    join(pyodide, "package.json"),
  ])
    hash.update(await readFile(file));
  return join(pyodide, "../.cache/hookline-python", `${hash.digest("hex").slice(0, 16)}.bin`);
}

/** @throws Error with what the child said. */
async function makeSnapshot(files: PythonFiles): Promise<Uint8Array> {
  const child = spawnPython(files, "make");
  const parts: Buffer[] = [];
  let words = "";
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  child.stderr.on("data", (part: Buffer) => {
    words += part.toString();
  });
  const ended = Promise.withResolvers<number | null>();
  child.on("error", ended.reject);
  child.on("close", ended.resolve);
  const code = await ended.promise;
  if (code !== 0 || parts.length === 0)
    throw new Error(`no snapshot of Python could be made: ${words.slice(-1_000)}`);
  return Buffer.concat(parts);
}
