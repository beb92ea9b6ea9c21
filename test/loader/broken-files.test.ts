import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import type { Problem } from "../../lib/language/problem.ts";
import { fakeSteps } from "../support/fake-steps.ts";

interface Row {
  readonly says: string;
  readonly file: string;
  readonly path?: string;
  readonly problems: readonly {
    readonly at: string;
    readonly rule: string;
    readonly error?: string;
    readonly warning?: string;
    readonly hint?: string;
  }[];
}

const rows: readonly Row[] = parse(readFileSync(new URL("broken-files.yaml", import.meta.url), "utf8"));

function shown({ id, severity, line, column, message, hint }: Problem): Row["problems"][number] {
  return { at: `${line}:${column}`, rule: id, [severity]: message, ...(hint !== undefined && { hint }) };
}

describe("a file with faults is answered with rule, place, message and hint", () => {
  test.each(rows)("$says", ({ file, path = "flow.yaml", problems }) => {
    const result = loadWorkflow(file, path, fakeSteps);
    expect(result.problems.map(shown)).toEqual(problems);
    expect(result.workflow === undefined).toBe(problems.some(({ error }) => error !== undefined));
    for (const problem of result.problems) expect(problem.file).toBe(path);
  });

  test("a byte order mark counts as no column", () => {
    const { problems } = loadWorkflow("\uFEFFnaem: a\nsteps: []\n", "flow.yaml", fakeSteps);
    expect(problems.map(({ line, column }) => [line, column])).toEqual([[1, 1]]);
  });

  test("lines that end in CR LF count as lines", () => {
    const { problems } = loadWorkflow("name: a\r\nsteps:\r\n  - type: sya\r\n", "flow.yaml", fakeSteps);
    expect(problems.map(({ line, column }) => [line, column])).toEqual([[3, 11]]);
  });
});

describe("a file that is too much", () => {
  const said = (text: string) =>
    loadWorkflow(text, "flow.yaml", fakeSteps).problems.map(({ message }) => message);
  const listOf = (count: number, item: string) => `[${Array(count).fill(item).join(", ")}]`;

  test("more than 1 MiB is refused, counted in bytes", () => {
    const start = "name: a\nsteps: []\ndescription: ";
    const room = 1024 * 1024 - start.length;
    expect(said(start + "x".repeat(room))).toEqual([]);
    expect(said(start + "é".repeat(room / 2 + 1))).toEqual([
      expect.stringMatching(/bytes, expected at most 1048576/),
    ]);
  });

  test("100 aliases are expanded, 101 are not", () => {
    const file = (count: number) => `name: a\nsteps: []\noutput: [&x 1, ${listOf(count, "*x")}]\n`;
    expect(said(file(100))).toEqual([]);
    expect(said(file(101))).toEqual(["more than 100 aliases are expanded"]);
  });

  test("aliases inside what an alias repeats count each time", () => {
    const ten = listOf(10, "*a");
    const file = `name: a\nsteps: []\noutput: { a: &a 1, b: &b ${ten}, c: ${listOf(9, "*b")} }\n`;
    expect(said(file)).toEqual(["more than 100 aliases are expanded"]);
  });

  test("aliases that would make a small file huge are refused", () => {
    const file = `name: a\nsteps: []\noutput: [&x ${"x".repeat(100_000)}, ${listOf(50, "*x")}]\n`;
    expect(said(file)).toEqual(["the alias *x makes the file too large or too deep"]);
  });

  test("nesting is limited, whatever the depth", () => {
    const nested = (depth: number) =>
      `name: a\nsteps: []\noutput: ${"[".repeat(depth)}${"]".repeat(depth)}\n`;
    expect(said(nested(90))).toEqual([]);
    expect(said(nested(150))).toEqual(["nested more than 100 levels deep"]);
    expect(said(nested(50_000))[0]).toMatch(/nested too deeply/);
  });

  test("a flood of faults is cut off and counted", () => {
    const messages = said(`name: a\nsteps:\n${"  - type: sya\n".repeat(500)}`);
    expect(messages).toHaveLength(101);
    expect(messages.at(-1)).toBe("400 more problems are not shown");
  });
});
