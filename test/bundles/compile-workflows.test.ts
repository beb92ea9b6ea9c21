import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { createWorkflowCatalog, createWorkflowTexts } from "../../lib/adapters/catalog-file.ts";
import { compileWorkflows } from "../../lib/build/compile-workflows.ts";
import { writeCatalogs } from "../../lib/build/write-catalogs.ts";
import { formatJson } from "../../lib/core/json.ts";
import { inputTable } from "../../lib/core/workflow.ts";
import { formatProblem } from "../../lib/language/problem.ts";

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "hookline-workflows-"));
});

afterEach(() => rm(dir, { recursive: true }));

function write(files: { readonly [name: string]: string }): Promise<unknown> {
  return Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(dir, name), text)));
}

test("every workflow file of a folder is compiled; tests and other files are left alone", async () => {
  await write({
    "b.yaml": "name: second\nsteps: []",
    "a.yml": "name: first\nsteps: []",
    "a.test.yaml": "- not a workflow",
    "notes.md": "# notes",
  });
  const { workflows, problems } = await compileWorkflows(dir);
  expect(problems).toEqual([]);
  expect(workflows.map(({ name, file }) => [name, file])).toEqual([
    ["first", join(dir, "a.yml")],
    ["second", join(dir, "b.yaml")],
  ]);
});

test("a file of another encoding is a problem, and its letters are not lost without a word", async () => {
  await write({ "good.yaml": "name: good\nsteps: []" });
  await writeFile(join(dir, "old.yaml"), "# Gr\u00fc\u00dfe\nname: old\nsteps: []", "latin1");
  const { workflows, problems } = await compileWorkflows(dir);
  expect(workflows.map(({ name }) => name)).toEqual(["good"]);
  expect(problems.map(({ id, message }) => [id, message])).toEqual([
    ["unreadable-file", "the file cannot be read: line 1 is not UTF-8 text: save the file as UTF-8"],
  ]);
});

test("a broken file is a problem with its place, and keeps none of the others out", async () => {
  await write({
    "bad.yaml": "name: bad\nsteps:\n  - type: http_cal\n",
    "good.yaml": "name: good\nsteps: []",
  });
  const { workflows, problems } = await compileWorkflows(dir);
  expect(workflows.map(({ name }) => name)).toEqual(["good"]);
  expect(problems).toMatchObject([{ severity: "error", file: join(dir, "bad.yaml"), line: 3 }]);
});

test("a folder named like a workflow file is a problem; an editor's hidden file is none", async () => {
  await mkdir(join(dir, "trap.yaml"));
  await write({ ".#good.yaml": "lock", "good.yaml": "name: good\nsteps: []" });
  const { workflows, problems } = await compileWorkflows(dir);
  expect(workflows.map(({ name }) => name)).toEqual(["good"]);
  expect(problems.map(formatProblem)).toEqual([
    `${join(dir, "trap.yaml")}:1:1: error: the file cannot be read: it is a folder [unreadable-file]`,
  ]);
});

test("the second file of one name is an error at its name", async () => {
  await write({ "a.yaml": "name: twin\nsteps: []", "b.yaml": "# again\nname: twin\nsteps: []" });
  const { workflows, problems } = await compileWorkflows(dir);
  expect(workflows).toHaveLength(1);
  expect(problems).toMatchObject([{ severity: "error", file: join(dir, "b.yaml"), line: 2, column: 1 }]);
  expect(problems[0]?.message).toContain(`${join(dir, "a.yaml")} is a workflow of the name "twin" already`);
  expect(problems[0]?.frame).toContain("> 2 | name: twin");
});

test("a step that runs a workflow of which there is no file is warned of, with the nearest name", async () => {
  await write({
    "a.yaml": `name: first
steps:
  - type: if_else
    if: { conditions: [] }
    steps:
      - type: run_workflow
        event: {}
        name: secnod
  - { type: run_workflow, name: second }
  - { type: run_workflow, name: first }
  - { type: run_workflow, name: "${"${which}"}" }
on_failure:
  - { type: run_workflow, name: "gone" }
`,
    "b.yaml": "name: second\nsteps: []",
  });
  const { workflows, problems } = await compileWorkflows(dir);
  expect(workflows).toHaveLength(2);
  expect(problems).toMatchObject([
    {
      id: "unknown-workflow",
      severity: "warning",
      file: join(dir, "a.yaml"),
      line: 8,
      column: 15,
      hint: 'did you mean "second"?',
    },
    { id: "unknown-workflow", line: 13, column: 34 },
  ]);
  expect(problems[0]?.message).toContain('no workflow "secnod"');
});

test("a folder that is not there is an error, not a folder without workflows", async () => {
  await expect(compileWorkflows(join(dir, "nowhere"))).rejects.toThrow("nowhere");
});

test("ingest carries the inputs and each workflow by itself, the runner all of them, numbers exact to the digit", async () => {
  await write({
    "a.yaml": "name: first\nsteps:\n  - { type: print, text: hi }\noutput: { id: 12345678901234567890 }",
  });
  const { workflows } = await compileWorkflows(dir);
  writeCatalogs(join(dir, "dist"), workflows);
  const read = (...path: readonly string[]) => readFile(join(dir, "dist", ...path), "utf8");
  expect(JSON.parse(await read("ingest", "inputs.json"))).toEqual(inputTable(workflows));
  const ofIngest = createWorkflowTexts(join(dir, "dist", "ingest", "workflows"));
  const ofRunner = createWorkflowCatalog(join(dir, "dist", "runner", "workflows.json"));
  expect(ofIngest.current("first")).toEqual(workflows[0]);
  expect(ofRunner.all()).toEqual(workflows);
  expect(formatJson(ofIngest.current("first")?.output ?? null)).toBe('{"id":12345678901234567890}');
});
