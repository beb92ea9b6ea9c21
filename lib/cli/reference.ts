import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Command } from "commander";
import { stepTable } from "../language/reference/step-table.ts";
import { writeBetween } from "../language/reference/write-between.ts";
import { stepTypes } from "../steps/registry.ts";
import { EXIT } from "./exit.ts";
import { generatedDocs } from "./generated-docs.ts";

const README = "README.md";

/**
 * Compares what the documentation says of the step types with the step types, or writes it. Exit code 1 when it is stale.
 * @throws FlowError `config_error` when the README has no place for its table.
 */
export async function reference({ write }: { readonly write?: boolean }, program: Command): Promise<number> {
  const files = new Map([[README, withStepTable(readFileSync(README, "utf8"))], ...generatedDocs(program)]);
  const stale = [...files].filter(([path, text]) => textOf(path) !== text);
  for (const [path, text] of stale) {
    if (write) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    process.stderr.write(write ? `${path} is written.\n` : `${path} is stale: run "npm run reference".\n`);
  }
  return stale.length > 0 && !write ? EXIT.failed : EXIT.ok;
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

function withStepTable(readme: string): string {
  return writeBetween(readme, "steps", stepTable(stepTypes, "docs/steps/"));
}
