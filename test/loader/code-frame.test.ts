import { describe, expect, test } from "@jest/globals";
import { codeFrame } from "../../lib/language/code-frame.ts";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { formatProblem } from "../../lib/language/problem.ts";
import { fakeSteps } from "../support/fake-steps.ts";

describe("a code frame", () => {
  const lines = ["one", "two", "three", "four"];

  test("shows a line of context on each side and a caret", () => {
    expect(codeFrame(lines, 2, 3)).toBe("  1 | one\n> 2 | two\n    |   ^\n  3 | three");
  });

  test("at the edges shows what there is", () => {
    expect(codeFrame(lines, 1, 1)).toBe("> 1 | one\n    | ^\n  2 | two");
    expect(codeFrame(lines, 4, 5)).toBe("  3 | three\n> 4 | four\n    |     ^");
    expect(codeFrame([""], 1, 1)).toBe("> 1 |\n    | ^");
  });

  test("lines up numbers of different lengths", () => {
    const many = Array.from({ length: 12 }, () => "x");
    expect(codeFrame(many, 9, 1)).toBe("   8 | x\n>  9 | x\n     | ^\n  10 | x");
  });

  test("keeps tabs, so that the caret stands where it should", () => {
    expect(codeFrame(["\tab\tc"], 1, 5)).toBe("> 1 | \tab\tc\n    | \t  \t^");
  });

  test("cuts long lines around the column", () => {
    const [row = "", caret = ""] = codeFrame([`${"a".repeat(5000)}b${"c".repeat(5000)}`], 1, 5001).split(
      "\n",
    );
    expect(row.length).toBeLessThan(120);
    expect(row[caret.indexOf("^")]).toBe("b");
  });
});

test("a problem reads as place, message, hint and frame", () => {
  const { problems } = loadWorkflow("name: a\nsteps:\n  - type: sya\n", "flows/a.yaml", fakeSteps);
  expect(problems.map(formatProblem)).toEqual([
    `flows/a.yaml:3:11: error: unknown step type "sya" [unknown-step]
  hint: did you mean "say"?
  2 | steps:
> 3 |   - type: sya
    |           ^
  4 |`,
  ]);
});
