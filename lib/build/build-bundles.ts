import { copyFile, cp, mkdir, readdir, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Metafile } from "esbuild";
import type { Workflow } from "../core/workflow.ts";
import { bundlePython } from "./bundle-python.ts";
import { needsPatterns } from "./needs-patterns.ts";

/** The functions, each with a bundle of its name. */
export const FUNCTIONS = ["ingest", "inbox", "runner", "sweeper", "console"] as const;
/** One of {@link FUNCTIONS}. */
export type FunctionName = (typeof FUNCTIONS)[number];

/** What was built of one function. Sizes are in bytes, minified. */
export interface Bundle {
  readonly name: FunctionName;
  /** Folder with `index.mjs`, its chunks and the files that lie beside them. */
  readonly dir: string;
  /** What a cold start reads: `index.mjs` and what it imports statically. */
  readonly startBytes: number;
  /** All code, lazy chunks and workers too. */
  readonly totalBytes: number;
  /** What lies beside the code: jq, and Python with its snapshot. */
  readonly assetBytes: number;
  /** Sources with code in the bundle, relative to the project's folder. */
  readonly inputs: readonly string[];
  /** Those of them that a cold start reads. */
  readonly startInputs: readonly string[];
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** CommonJS dependencies call `require` for Node's own modules. */
const BANNER = `import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);`;
/** How a function's code is made, whatever goes into it. */
export const CODE_OF_FUNCTIONS = {
  bundle: true,
  minify: true,
  format: "esm",
  platform: "node",
  target: "node24",
  mainFields: ["module", "main"],
  banner: { js: BANNER },
  logLevel: "error",
} satisfies BuildOptions;

/** What is bundled, for which workflows. */
export interface BundleOptions {
  readonly outDir: string;
  readonly functions?: readonly FunctionName[];
  /** Ingest has what their inputs need. */
  readonly workflows: readonly Pick<Workflow, "input">[];
}

/** Bundles functions into one folder each below `outDir`, emptied first. Source maps lie beside and are not deployed. */
export async function buildBundles({
  outDir,
  functions = FUNCTIONS,
  workflows,
}: BundleOptions): Promise<readonly Bundle[]> {
  const hasPatterns = needsPatterns(workflows);
  return await Promise.all(
    functions.map((name) => buildBundle(name, resolve(outDir, name), name !== "ingest" || hasPatterns)),
  );
}

async function buildBundle(name: FunctionName, dir: string, hasPatterns: boolean): Promise<Bundle> {
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const { metafile } = await build({
    ...CODE_OF_FUNCTIONS,
    absWorkingDir: ROOT,
    entryPoints: {
      index: `functions/${name}.ts`,
      ...(name === "runner" && { "jq-worker": "lib/adapters/jq/jq-worker.ts" }),
    },
    outdir: dir,
    outExtension: { ".js": ".mjs" },
    chunkNames: "[name]-[hash]",
    splitting: true,
    alias: {
      "@aws-sdk/credential-provider-node": join(ROOT, "lib/build/lambda-credentials.ts"),
      "@aws-sdk/endpoint-cache": join(ROOT, "lib/build/no-endpoint-cache.ts"),
      ...(!hasPatterns && { re2js: join(ROOT, "lib/build/without-patterns.ts") }),
    },
    // Read in browsers only; esbuild drops the code that imports it, and would keep its chunk.
    external: ["bowser"],
    legalComments: "none",
    sourcemap: "external",
    sourcesContent: false,
    metafile: true,
  });
  if (name === "runner") {
    await copyFile(createRequire(import.meta.url).resolve("jq-wasm/jq.wasm"), join(dir, "jq.wasm"));
    await bundlePython(ROOT, join(dir, "python"));
  }
  if (name === "console")
    await cp(join(ROOT, "lib/console/assets"), join(dir, "assets"), { recursive: true });
  return { name, dir, ...measure(metafile), assetBytes: await assetBytes(dir, metafile) };
}

async function assetBytes(dir: string, { outputs }: Metafile): Promise<number> {
  const made = new Set(Object.keys(outputs).map((file) => resolve(ROOT, file)));
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !made.has(file));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function measure({ outputs }: Metafile): Omit<Bundle, "name" | "dir" | "assetBytes"> {
  const code = Object.entries(outputs).filter(([file]) => file.endsWith(".mjs"));
  const bytesOf = (files: Iterable<string>) =>
    [...files].reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0);
  const start = new Set(code.map(([file]) => file).filter((file) => file.endsWith("/index.mjs")));
  for (const file of start) {
    for (const { path, kind } of outputs[file]?.imports ?? []) {
      if (kind === "import-statement" && path in outputs) start.add(path);
    }
  }
  const sourcesOf = (files: Iterable<string>) => {
    const used = [...files].flatMap((file) => Object.entries(outputs[file]?.inputs ?? {}));
    const sources = used.flatMap(([source, { bytesInOutput }]) => (bytesInOutput > 0 ? [source] : []));
    return [...new Set(sources)].sort();
  };
  return {
    startBytes: bytesOf(start),
    totalBytes: bytesOf(code.map(([file]) => file)),
    inputs: sourcesOf(code.map(([file]) => file)),
    startInputs: sourcesOf(start),
  };
}
