import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createJq } from "../../lib/adapters/jq/jq-worker-pool.ts";
import { createPython } from "../../lib/adapters/python/python-pool.ts";
import { Coverage } from "../../lib/testing/coverage.ts";
import { oneInterpreter } from "../../lib/testing/one-interpreter.ts";
import { runTestFile } from "../../lib/testing/run-test-file.ts";
import { docPages } from "../support/doc-pages.ts";

const jq = createJq();
const python = createPython({ spare: false });
const folder = mkdtempSync(join(tmpdir(), "hookline-docs-"));

/** The files that pages show: blocks whose first line is a comment that names one, e.g. `# workflows/order.test.yaml`. */
const files = docPages
  .flatMap(({ blocks }) => blocks)
  .flatMap(({ text, place }) => {
    const [, file] = /^# (workflows\/[\w.-]+\.yaml)\n/.exec(text) ?? [];
    return file === undefined ? [] : [{ file, text, place }];
  });
const names = files.map(({ file }) => file);
const isTest = (file: string) => file.endsWith(".test.yaml");

beforeAll(() => {
  for (const { file, text } of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
});

afterAll(async () => {
  await Promise.all([jq.close(), python.close()]);
  rmSync(folder, { recursive: true });
});

test.each(files.filter(({ file }) => isTest(file)))(
  "$file of $place passes, and enters every step and branch",
  async ({ file }) => {
    const coverage = new Coverage();
    const run = { jq, python: oneInterpreter(python), coverage };
    const { problems, cases } = await runTestFile(join(folder, file), run);
    expect(problems).toEqual([]);
    expect(cases.filter(({ passed }) => !passed)).toEqual([]);
    expect(cases.length).toBeGreaterThan(0);
    expect(coverage.view().missing).toEqual([]);
  },
);

test("every workflow that is shown as a file has cases, and no two are shown under one name", () => {
  expect(names.length).toBeGreaterThan(15);
  expect(new Set(names).size).toBe(names.length);
  const untested = names.filter(
    (file) => !isTest(file) && !names.includes(file.replace(/yaml$/, "test.yaml")),
  );
  expect(untested).toEqual([]);
});
