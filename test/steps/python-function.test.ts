import { describe, expect, test } from "@jest/globals";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";

function load(step: string) {
  return loadWorkflow(`name: example\nsteps:\n  - { type: python_function, ${step} }\n`, "example.yaml");
}

describe("python_function in a file", () => {
  test("the names in env are secrets that the run needs", () => {
    const { workflow, problems } = load('env: [API_KEY], code: "def process(e): return e"');
    expect(workflow?.environment).toEqual([
      { name: "API_KEY", secret: true, declared: false, required: true },
    ]);
    expect(problems).toMatchObject([
      { severity: "warning", line: 3, message: expect.stringContaining("API_KEY") },
    ]);
  });

  test.each([
    ['code: ""', "code"],
    ['handler: "not a name", code: "x = 1"', "name of a function"],
    ['env: ["a-b"], code: "x = 1"', "name of an environment variable"],
    ["handler: process", "code"],
  ])("%s is an error", (step, words) => {
    const { workflow, problems } = load(step);
    expect(workflow).toBeUndefined();
    expect(problems[0]).toMatchObject({ severity: "error", message: expect.stringContaining(words) });
  });
});
