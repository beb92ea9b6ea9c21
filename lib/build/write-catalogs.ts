import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { inputTable, type Workflow } from "../core/workflow.ts";
import { filesBeside } from "./files-beside.ts";

/** In characters: what is longer is no event that people look at in a form. */
const LONGEST_SAMPLE = 100_000;

/** Writes what the functions carry of the workflows, for every stage, into their bundles' folders. */
export function writeCatalogs(outDir: string, workflows: readonly Workflow[]): void {
  for (const name of ["ingest", "inbox", "console"]) writeIngestCatalog(join(outDir, name), workflows);
  writeRunnerCatalog(join(outDir, "runner"), workflows);
  writeSamples(join(outDir, "console"), workflows);
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

/** Writes `samples/<name>.json`, the events that lie beside workflow files as `<file>.event.json`; takes away what lies there no more. */
export function writeSamples(dir: string, workflows: readonly Pick<Workflow, "name" | "file">[]): void {
  for (const { name, file } of workflows) {
    const sample = filesBeside(file)(basename(file).replace(/\.ya?ml$/, ".event.json"));
    const target = join(dir, "samples", `${name}.json`);
    if (sample !== undefined && sample.length <= LONGEST_SAMPLE) writeText(target, sample);
    else rmSync(target, { force: true });
  }
}

/** Writes a file of JSON, replaced as a whole, and the folder that it lies in. */
export function writeJson(file: string, value: unknown): void {
  writeText(file, JSON.stringify(value));
}

function writeText(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
