import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inputTable, type Workflow } from "../core/workflow.ts";

/** Writes what the functions carry of the workflows, for every stage, into their bundles' folders. */
export function writeCatalogs(outDir: string, workflows: readonly Workflow[]): void {
  for (const name of ["ingest", "inbox", "console"]) writeIngestCatalog(join(outDir, name), workflows);
  writeRunnerCatalog(join(outDir, "runner"), workflows);
}

/**
 * Writes `inputs.json`, which ingest, inbox and console read at their start, and `workflows/<name>.json`, of which they read one when they
 * first need it. Each file is replaced as a whole, the table last: what it names is there.
 */
export function writeIngestCatalog(dir: string, workflows: readonly Workflow[]): void {
  for (const workflow of workflows) writeJson(join(dir, "workflows", `${workflow.name}.json`), workflow);
  writeJson(join(dir, "inputs.json"), inputTable(workflows));
}

/** Writes `workflows.json`, replaced as a whole. */
export function writeRunnerCatalog(dir: string, workflows: readonly Workflow[]): void {
  writeJson(join(dir, "workflows.json"), workflows);
}

/** Writes a file of JSON, replaced as a whole, and the folder that it lies in. */
export function writeJson(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(value));
  renameSync(`${file}.new`, file);
}
