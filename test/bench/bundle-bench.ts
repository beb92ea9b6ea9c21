import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildBundles } from "../../lib/build/build-bundles.ts";
import { writeCatalogs } from "../../lib/build/write-catalogs.ts";
import { benchPython, type PythonFigures } from "./python-bench.ts";
import { median } from "./statistics.ts";

const IMPORTS = 9;

/** A built function: its code, and how long a fresh process takes to import it. */
export interface BundleFigures {
  readonly name: string;
  readonly startKb: number;
  readonly totalKb: number;
  readonly coldImportMs: number;
}

/** What the functions' configuration asks for; nothing is called while importing. */
const ENV = {
  AWS_REGION: "eu-west-1",
  HOOKLINE_STAGE: "bench",
  HOOKLINE_ORG_ID: "bench",
  HOOKLINE_TABLE: "bench",
  HOOKLINE_QUEUE_URL: "http://127.0.0.1:9/0/q",
  HOOKLINE_DLQ_URL: "http://127.0.0.1:9/0/d",
  HOOKLINE_INBOX_URL: "http://127.0.0.1:9/0/i",
  HOOKLINE_INBOX_ARN: "bench",
  HOOKLINE_INBOX_DLQ_URL: "http://127.0.0.1:9/0/l",
  HOOKLINE_SECRETS_ID: "bench",
  HOOKLINE_CONSOLE_READ_TOKEN_ID: "bench",
  HOOKLINE_CONSOLE_ACT_TOKEN_ID: "bench",
  HOOKLINE_WEBHOOK_KEY_ID: "bench",
};

/** Builds every function, imports each in fresh processes, and starts the Python that lies beside one of them. */
export async function benchBundles(): Promise<{
  readonly bundles: readonly BundleFigures[];
  readonly python: PythonFigures;
}> {
  const outDir = mkdtempSync(join(tmpdir(), "hookline-bundles-"));
  try {
    const built = await buildBundles({ outDir, workflows: [] });
    writeCatalogs(outDir, []);
    const bundles = built.map(({ name, dir, startBytes, totalBytes }) => ({
      name,
      startKb: startBytes / 1000,
      totalKb: totalBytes / 1000,
      coldImportMs: median(Array.from({ length: IMPORTS }, () => importMs(join(dir, "index.mjs")))),
    }));
    return { bundles, python: await benchPython(join(outDir, "runner/python")) };
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

function importMs(file: string): number {
  const url = JSON.stringify(pathToFileURL(file).href);
  const script = `const t = performance.now(); await import(${url}); console.log(performance.now() - t); process.exit()`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--no-warnings", "--input-type=module", "-e", script],
    { env: { ...ENV, LAMBDA_TASK_ROOT: dirname(file) }, encoding: "utf8" },
  );
  const ms = Number.parseFloat(stdout.trim().split("\n").at(-1) ?? "");
  if (!Number.isFinite(ms)) throw new Error(`${file} cannot be imported: ${stderr.slice(-500)}`);
  return ms;
}
