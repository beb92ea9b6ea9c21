import { describe, expect, test } from "@jest/globals";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";

/** Steps that no file may have, and where and why. */
const FAULTS: readonly (readonly [step: string, at: string, message: string])[] = [
  ["{ type: set }", "3:5", 'set: "values" is missing, expected a mapping'],
  ["{ type: set, values: [a] }", "3:26", "values: found a list of 1, expected a mapping"],
  ["{ type: set, values: '${a}' }", "3:26", "values: found text, expected a mapping of paths to values"],
  [
    "{ type: set, values: { input.a: 1 } }",
    "3:28",
    '"input.a" cannot be written: "input" is a reserved name',
  ],
  ["{ type: set, values: { a..b: 1 } }", "3:28", '"a..b" is not a path'],
  ["{ type: set, values: { a.__proto__: 1 } }", "3:28", '"__proto__" cannot be written'],
  ["{ type: set, values: { state: 1 } }", "3:28", '"state" cannot be written as a whole'],
  ["{ type: set, values: { a: '${b' } }", "3:31", "is never closed"],
  ["{ type: set, values: { a: 1, 7: 2 } }", "3:37", "write state.7"],
  [
    "{ type: for_each, input_from: a, mode: distributed, item_scope: shared, steps: [] }",
    "3:69",
    "cannot share the state",
  ],
  ["{ type: for_each, input_from: a, mode: spread, steps: [] }", "3:44", "one of inline, distributed"],
  [
    "{ type: for_each, input_from: a, mode: inline, chunk_size: 5, steps: [] }",
    "3:64",
    "only distributed loops",
  ],
  ["{ type: for_each, input_from: a, mode: distributed, chunk_size: 0, steps: [] }", "3:69", "at least 1"],
  [
    "{ type: for_each, input_from: a, mode: distributed, timeout: 5, steps: [] }",
    "3:57",
    "no time limit of this step ends",
  ],
  [
    "{ type: for_each, input_from: a, mode: distributed, steps: [{ type: parallel, branches: { b: [{ type: stop }] } }] }",
    "3:99",
    "stop ends this run, but the items of for_each_1 run in other runs",
  ],
  [
    "{ type: for_each, input_from: a, tolerate: { count: 1 }, steps: [] }",
    "3:48",
    "items that share the state stop at the first that fails",
  ],
  [
    "{ type: for_each, input_from: a, mode: distributed, tolerate: { count: 1 }, on_item_error: continue, steps: [] }",
    "3:67",
    "keep one of the two",
  ],
  [
    "{ type: for_each, input_from: a, mode: distributed, tolerate: { count: 1, percent: 5 }, steps: [] }",
    "3:67",
    "either count or percent",
  ],
  [
    "{ type: for_each, input_from: a, mode: distributed, tolerate: {}, steps: [] }",
    "3:67",
    "either count or percent",
  ],
  [
    "{ type: for_each, input_from: a, mode: distributed, tolerate: 5, steps: [] }",
    "3:67",
    "tolerate: expected { count: 3 }, or { percent: 5 } (found the number 5)",
  ],
  [
    "{ type: for_each, input_from: a, mode: distributed, tolerate: { percent: 101 }, steps: [] }",
    "3:78",
    "at most 100",
  ],
  ["{ type: parallel }", "3:5", 'parallel: "branches" is missing'],
  ["{ type: parallel, branches: {} }", "3:33", "name at least one branch"],
  ["{ type: parallel, branches: [a] }", "3:33", "branches: found a list of 1, expected a mapping"],
  ["{ type: parallel, branches: '${a}' }", "3:33", "expected a mapping of names to lists of steps"],
  ["{ type: parallel, branches: { a: 5 } }", "3:38", "a: found the number 5, expected a list of steps"],
  ["{ type: parallel, branches: { a: {} } }", "3:38", '"branches.a.steps" is missing'],
  ["{ type: parallel, branches: { a: { steps: [], x: 1 } } }", "3:51", 'unknown key "x"'],
  ["{ type: parallel, branches: { a: { steps: [], result_from: a..b } } }", "3:64", '"a..b" is not a path'],
  ["{ type: parallel, branches: { a b: [] } }", "3:40", '"a b" is no name of a branch'],
  ["{ type: parallel, branches: { a: [{ type: stpo }] } }", "3:47", 'unknown step type "stpo"'],
  ["{ type: parallel, branches: { a: [] }, on_branch_error: skip }", "3:61", "one of fail, continue"],
  ["{ type: teams_webhook, title: [a] }", "3:35", "title: found a list, expected text"],
  ["{ type: wait }", "3:5", "either seconds or until"],
  ["{ type: wait, seconds: 1, until: 2 }", "3:5", "either seconds or until"],
  ["{ type: wait, seconds: -1 }", "3:28", "at least 0"],
  ["{ type: wait, seconds: 31536001 }", "3:28", "a wait is at most a year"],
  ["{ type: wait, seconds: soon }", "3:28", "expected a number"],
  ["{ type: wait, until: tomorrow }", "3:26", '"tomorrow" is no time'],
  ["{ type: wait, until: 2026-13-01 }", "3:26", '"2026-13-01" is no time'],
  ["{ type: fail, message: [a] }", "3:28", "found a list, expected text"],
  ["{ type: stop, text: a }", "3:19", 'unknown key "text"'],
  ["{ type: add_uuid, version: 7 }", "3:23", 'unknown key "version"'],
  ["{ type: chunk_text }", "3:5", '"input_from" is missing'],
  ["{ type: chunk_text, input_from: a, chunk_size: 0 }", "3:52", "at least 1"],
  ["{ type: chunk_text, input_from: a, overlap: 1 }", "3:49", "less than 1"],
];

describe("a mistake is told at its place", () => {
  test.each(FAULTS)("%s", (step, at, message) => {
    const { workflow, problems } = loadWorkflow(`name: a\nsteps:\n  - ${step}\n`, "a.yaml");
    expect(workflow).toBeUndefined();
    const [first] = problems;
    expect(`${first?.line}:${first?.column} ${first?.message}`).toContain(message);
    expect(`${first?.line}:${first?.column}`).toBe(at);
    expect(problems).toHaveLength(1);
  });
});

test("error is a reserved name in on_failure only", () => {
  const set = "{ type: set, values: { error: 1 } }";
  expect(loadWorkflow(`name: a\nsteps: [${set}]\n`, "a.yaml").problems).toEqual([]);
  expect(loadWorkflow(`name: a\nsteps: []\non_failure: [${set}]\n`, "a.yaml").problems).toHaveLength(1);
});
