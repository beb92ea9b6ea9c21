import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inputTable, type Workflow } from "../core/workflow.ts";

/** Writes `ingest/inputs.json` and `runner/workflows.json`: what the functions carry of the workflows, for every stage. */
export async function writeCatalogs(outDir: string, workflows: readonly Workflow[]): Promise<void> {
  await writeJson(join(outDir, "ingest"), "inputs.json", inputTable(workflows));
  await writeJson(join(outDir, "runner"), "workflows.json", workflows);
}

async function writeJson(dir: string, file: string, value: unknown): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, file), JSON.stringify(value));
}
