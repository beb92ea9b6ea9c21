import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Stryker } from "@stryker-mutator/core";
import type { Part } from "./parts.ts";

/** One change of the code, and what the tests made of it. */
export type Mutant = Awaited<ReturnType<Stryker["runMutationTest"]>>[number];

/**
 * Tries every mutant of a part's files, in a copy of the tree. Results stay in `coverage/mutants`; without `force` those of
 * mutants whose file and tests are as they were are taken from there, with `doubt` only of those that did not time out.
 * @throws Error when a test fails before anything is changed.
 */
export async function mutate(
  { name, files, suites }: Part,
  { doubt, ...options }: { readonly concurrency: number; readonly force: boolean; readonly doubt: boolean },
): Promise<readonly Mutant[]> {
  const incrementalFile = `coverage/mutants/${name}.json`;
  if (doubt && existsSync(incrementalFile)) forgetTimeouts(incrementalFile);
  const folder = mkdtempSync(join(tmpdir(), "hookline-mutants-"));
  try {
    const mutants = await new Stryker({
      ...options,
      configFile: "test/mutants/stryker.config.mjs",
      mutate: [...files],
      jest: { config: { testMatch: suites.map((suite) => `<rootDir>/${suite}`) } },
      incrementalFile,
      tempDirName: folder,
    }).runMutationTest();
    // Results of the part's other files come along from what is kept.
    return mutants.filter(({ fileName }) => files.includes(relative("", fileName)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function forgetTimeouts(file: string): void {
  const report = JSON.parse(readFileSync(file, "utf8")) as {
    files: Record<string, { mutants: { status: string }[] }>;
  };
  for (const one of Object.values(report.files))
    one.mutants = one.mutants.filter(({ status }) => status !== "Timeout");
  writeFileSync(file, JSON.stringify(report));
}
