import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { createJq } from "../../lib/adapters/jq/jq-worker-pool.ts";
import { createPython } from "../../lib/adapters/python/python-pool.ts";
import { Coverage } from "../../lib/testing/coverage.ts";
import { oneInterpreter } from "../../lib/testing/one-interpreter.ts";
import { runTestFile } from "../../lib/testing/run-test-file.ts";
import { type DocPage, docPages } from "../support/doc-pages.ts";

const jq = createJq();
const python = createPython({ spare: false });
const folder = mkdtempSync(join(tmpdir(), "hookline-docs-"));
afterAll(async () => {
  await Promise.all([jq.close(), python.close()]);
  rmSync(folder, { recursive: true });
});

/** The files of a page: blocks whose first line is a comment that names one, e.g. `# workflows/order.test.yaml`. */
function filesOf({ blocks }: DocPage): ReadonlyMap<string, string> {
  return new Map(
    blocks.flatMap(({ text }) => {
      const [, file] = /^# (workflows\/[\w.-]+\.yaml)\n/.exec(text) ?? [];
      return file === undefined ? [] : [[file, text] as const];
    }),
  );
}

const pages = docPages.filter((page) => filesOf(page).size > 0);

describe.each(pages)("$path", (page) => {
  test("its cases pass, and enter every step and branch of its workflows", async () => {
    const files = filesOf(page);
    const root = join(folder, page.path.replaceAll("/", "-"));
    for (const [file, text] of files) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    const coverage = new Coverage();
    const testFiles = [...files.keys()].filter((file) => file.endsWith(".test.yaml"));
    expect(testFiles.length).toBeGreaterThan(0);
    for (const file of testFiles) {
      const run = { jq, python: oneInterpreter(python), coverage };
      const { problems, cases } = await runTestFile(join(root, file), run);
      expect(problems).toEqual([]);
      expect(cases.filter(({ passed }) => !passed)).toEqual([]);
      expect(cases.length).toBeGreaterThan(0);
    }
    expect(coverage.view().missing).toEqual([]);
  });
});

test("the pages of how-tos and the tutorial have such files", () => {
  expect(pages.length).toBeGreaterThanOrEqual(8);
});
