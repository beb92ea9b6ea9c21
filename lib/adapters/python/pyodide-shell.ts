import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import type { loadPyodide as LoadPyodide } from "pyodide";
import { bareGlobals } from "./bare-globals.ts";

/** A loaded interpreter. */
export type Pyodide = Awaited<ReturnType<typeof LoadPyodide>>;

type Options = NonNullable<Parameters<typeof LoadPyodide>[0]>;

/** How Pyodide asks a bare JavaScript shell for random bytes: `head -c16 /dev/urandom | base64 --wrap=0`. */
function randomFromShell(_command: string, [, script = ""]: readonly string[]): string {
  return randomBytes(Number(/-c(\d+)/.exec(script)?.[1])).toString("base64");
}

/**
 * Loads Pyodide from a folder as if this process were a bare JavaScript shell, not Node: Pyodide then asks for none of
 * Node's modules, so that nothing of them can be reached through it. The process is stripped for good.
 */
export async function openPyodide(folder: string): Promise<(options: Options) => Promise<Pyodide>> {
  const files = new Map<string, Uint8Array>(
    ["pyodide.asm.wasm", "python_stdlib.zip"].map((name) => [name, readFileSync(new URL(name, folder))]),
  );
  // The list of packages that could be downloaded names the interface it is for; none of them can.
  const { info } = JSON.parse(readFileSync(new URL("pyodide-lock.json", folder), "utf8"));
  const modules = new Set([`${folder}pyodide.mjs`, `${folder}pyodide.asm.mjs`]);
  registerHooks({
    resolve(specifier, context, next) {
      if (!modules.has(specifier)) throw new Error(`${specifier} cannot be imported here`);
      return next(specifier, context);
    },
  });
  const now = performance.now.bind(performance);
  bareGlobals();
  const shell = {
    read: unavailable,
    load: unavailable,
    readbuffer: (path: string) => files.get(path.slice(path.lastIndexOf("/") + 1)) ?? unavailable(path),
    location: { href: folder, toString: () => folder },
  };
  Object.assign(globalThis, shell, {
    os: { system: randomFromShell },
    performance: { now, timeOrigin: 0 },
    console: { log: nothing, warn: nothing, error: nothing, info: nothing, debug: nothing },
    setTimeout: nothing,
    clearTimeout: nothing,
  });
  const { loadPyodide }: { loadPyodide: typeof LoadPyodide } = await import(`${folder}pyodide.mjs`);
  return async (options) => {
    const pyodide = await loadPyodide({
      ...options,
      indexURL: folder,
      lockFileContents: { info, packages: {} },
      packageBaseUrl: folder,
      env: { HOME: "/home/pyodide", TZ: "UTC" },
      jsglobals: Object.create(null) as object,
      stdout: nothing,
      stderr: nothing,
    });
    modules.clear();
    files.clear();
    for (const name of Object.keys(shell)) Reflect.deleteProperty(globalThis, name);
    return pyodide;
  };
}

function nothing(): void {}

function unavailable(name: string): never {
  throw new Error(`${name} is not available here`);
}
