import { readFileSync, writeFileSync } from "node:fs";
import { FlowError } from "../core/flow-error.ts";
import { stepTable } from "../language/step-table.ts";
import { stepTypes } from "../steps/registry.ts";
import { EXIT } from "./exit.ts";

const README = "README.md";
const PLACE = /(<!-- steps -->\n)[\s\S]*?(\n<!-- \/steps -->)/;

/**
 * Compares the README's table of steps with the step types, or writes it. Exit code 1 when it is stale.
 * @throws FlowError `config_error` when the README has no place for it.
 */
export async function reference({ write }: { readonly write: boolean }): Promise<number> {
  const before = readFileSync(README, "utf8");
  if (!PLACE.test(before)) {
    throw new FlowError(
      "config_error",
      `${README} has no lines "<!-- steps -->" and "<!-- /steps -->" to write between`,
    );
  }
  const after = withStepTable(before);
  if (after === before) return EXIT.ok;
  if (!write) {
    process.stderr.write(`The table of steps in ${README} is stale: run "npm run reference".\n`);
    return EXIT.failed;
  }
  writeFileSync(README, after);
  process.stderr.write(`${README} has a new table of steps.\n`);
  return EXIT.ok;
}

/** The README's text with the table of today's step types. */
export function withStepTable(readme: string): string {
  return readme.replace(
    PLACE,
    (_all, before: string, after: string) => before + stepTable(stepTypes) + after,
  );
}
