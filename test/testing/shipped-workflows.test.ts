import { readdirSync } from "node:fs";
import { afterAll, expect, test } from "@jest/globals";
import { createJq } from "../../lib/adapters/jq/jq-worker-pool.ts";
import { createPython } from "../../lib/adapters/python/python-pool.ts";
import { compileWorkflows, isWorkflowFile } from "../../lib/build/compile-workflows.ts";
import { Coverage } from "../../lib/testing/coverage.ts";
import { findTests } from "../../lib/testing/find-tests.ts";
import { oneInterpreter } from "../../lib/testing/one-interpreter.ts";
import { runTestFile } from "../../lib/testing/run-test-file.ts";

const jq = createJq();
const python = createPython({ spare: false });
afterAll(() => Promise.all([jq.close(), python.close()]));

const { testFiles } = findTests(["workflows"]);
const coverage = new Coverage();

test.each(testFiles)("%s passes", async (file) => {
  const { problems, cases } = await runTestFile(file, { jq, python: oneInterpreter(python), coverage });
  expect(problems).toEqual([]);
  expect(cases.filter(({ passed }) => !passed)).toEqual([]);
  expect(cases.length).toBeGreaterThan(0);
});

test("together they enter every step and branch of every shipped workflow", async () => {
  for (const workflow of (await compileWorkflows("workflows")).workflows) coverage.count(workflow);
  expect(coverage.view().missing).toEqual([]);
  expect(testFiles).toHaveLength(readdirSync("workflows").filter(isWorkflowFile).length);
});
