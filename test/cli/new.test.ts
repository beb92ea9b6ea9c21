import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { askForWorkflow } from "../../lib/cli/new/ask-for-workflow.ts";
import { readTemplates } from "../../lib/cli/new/workflow-template.ts";
import { newWorkflow } from "../../lib/cli/new.ts";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { stepTypes } from "../../lib/steps/registry.ts";
import { schemaFaults } from "../support/schema-faults.ts";
import { KEYS, typing } from "../support/typing-terminal.ts";
import { hookline } from "./hookline-process.ts";

const folder = mkdtempSync(join(tmpdir(), "hookline-"));
afterAll(() => rmSync(folder, { recursive: true }));
const call = (...args: string[]) => hookline(["new", ...args], { cwd: folder });
const templates = readTemplates();
const names = templates.map(({ name }) => name);

const known = { templates, nameProblem: () => undefined };
const { ENTER, DOWN, CTRL_C, CLEAR } = KEYS;

describe("every template", () => {
  test("makes a workflow that loads without a word, and tests that pass and leave nothing out", async () => {
    const made = await Promise.all(
      names.map((name) =>
        call(`my-${name}`, "--from", name, "--workflows", "all", "--secret", "EXTRA_KEY", "--json"),
      ),
    );
    for (const { code, stdout } of made)
      expect([code, JSON.parse(stdout).environment]).toEqual([0, expect.arrayContaining(["EXTRA_KEY"])]);
    for (const name of names) {
      const text = readFileSync(join(folder, `all/my-${name}.yaml`), "utf8");
      const { workflow, problems } = loadWorkflow(text, `my-${name}.yaml`);
      expect(problems).toEqual([]);
      expect(workflow).toMatchObject({ name: `my-${name}`, changelog: [{ version: "0.1.0" }] });
      expect(schemaFaults(text, stepTypes)).toEqual([]);
    }
    const tested = await hookline(["test", "all", "--coverage", "100", "--json"], { cwd: folder });
    expect(tested).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(tested.stdout)).toMatchObject({ failed: 0, broken: 0, coverage: { percent: 100 } });
  });

  test("is listed with what it is for", async () => {
    const { code, stdout } = await call("--list");
    expect(code).toBe(0);
    expect(stdout.trim().split("\n")).toEqual(
      templates.map(({ name, description }) => expect.stringMatching(`^${name} +${description}$`)),
    );
    expect(JSON.parse((await call("--list", "--json")).stdout)).toHaveLength(names.length);
  });
});

describe("from the command line", () => {
  test("without a template the workflow is blank, and the way on is told", async () => {
    const { code, stdout } = await call("greet", "--description", 'Say: "hi" #1');
    expect(code).toBe(0);
    expect(readdirSync(join(folder, "workflows")).sort()).toEqual([
      "greet.event.json",
      "greet.test.yaml",
      "greet.yaml",
    ]);
    const text = readFileSync(join(folder, "workflows/greet.yaml"), "utf8");
    expect(loadWorkflow(text, "greet.yaml").workflow).toMatchObject({
      name: "greet",
      description: 'Say: "hi" #1',
    });
    expect(stdout).toContain("npx hookline test workflows/greet.yaml");
    expect(stdout).toContain('-d @workflows/greet.event.json "$(npx hookline url greet)"');
  });

  test("a file that is there is never written over, and then none of the others is written", async () => {
    mkdirSync(join(folder, "kept"));
    writeFileSync(join(folder, "kept/a.test.yaml"), "mine");
    const { code, stderr } = await call("a", "--workflows", "kept");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^hookline: kept\/a\.test\.yaml is there already, .*choose another name/);
    expect(readdirSync(join(folder, "kept"))).toEqual(["a.test.yaml"]);
    expect(readFileSync(join(folder, "kept/a.test.yaml"), "utf8")).toBe("mine");
  });

  test.each([
    ["no name", [], "a name is missing: hookline new NAME --from TEMPLATE"],
    ["a name that is none", ["My Flow"], 'did you mean "my-flow"?'],
    ["a name that is too long", ["a".repeat(64)], `did you mean "${"a".repeat(63)}"?`],
    ["a template that is none", ["a", "--from", "ai-triag"], 'did you mean "ai-triage"?'],
    [
      "a secret that is none",
      ["a", "--secret", "my-key"],
      '"my-key" is not the name of an environment variable',
    ],
    ["a folder that is a file", ["a", "--workflows", "file"], "file/a.yaml cannot be written"],
  ])("%s is exit code 2 with the way out", async (_what, args, sentence) => {
    writeFileSync(join(folder, "file"), "");
    const { code, stdout, stderr } = await call(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(sentence);
  });

  test("editors are told the schema where the folder has it", async () => {
    mkdirSync(join(folder, "docs"));
    writeFileSync(join(folder, "docs/workflow.schema.json"), "{}");
    await call("known", "--workflows", "deep/er");
    expect(readFileSync(join(folder, "deep/er/known.yaml"), "utf8")).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/\.\.\/docs\/workflow\.schema\.json\n# v0\.1\.0 - \d{4}-\d\d-\d\d\n/,
    );
  });
});

describe("in a terminal", () => {
  test("what is missing is asked for step by step", async () => {
    const terminal = typing(
      ["Name of the workflow", `alert${ENTER}`],
      ["What does it begin with?", DOWN + ENTER],
      ["What does it do?", `Judge alerts${ENTER}`],
      ["Secrets beside OPENAI_API_KEY, SLACK_WEBHOOK", `PAGER_KEY, OTHER${ENTER}`],
    );
    expect(await askForWorkflow(known, terminal)).toMatchObject({
      name: "alert",
      template: { name: "ai-triage" },
      description: "Judge alerts",
      secrets: ["PAGER_KEY", "OTHER"],
    });
  });

  test("what is wrong is said, and asked again", async () => {
    const terminal = typing(
      ["Name of the workflow", `taken${ENTER}`],
      ["it is taken", `${CLEAR}free${ENTER}`],
      ["Secrets (", `my-key${ENTER}`],
      ["is not the name of an environment variable", `${CLEAR}${ENTER}`],
    );
    const nameProblem = (name: string) => (name === "taken" ? "it is taken" : undefined);
    const answers = await askForWorkflow(
      { templates, template: templates[0], description: "x", nameProblem },
      terminal,
    );
    expect(answers).toMatchObject({ name: "free", secrets: [] });
  });

  test("an answer that is left empty is the template's", async () => {
    const [blank] = templates;
    const terminal = typing(["What does it do?", ENTER], ["Secrets (", ENTER]);
    const answers = await askForWorkflow({ ...known, name: "a", template: blank }, terminal);
    expect(answers.description).toBe(blank?.description);
  });

  test("Ctrl-C at any question writes nothing, and is exit code 130", async () => {
    const workflows = join(folder, "never");
    const questions = [
      "Name of the workflow",
      "What does it begin with?",
      "What does it do?",
      "Secrets (",
    ] as const;
    const keys = [`a${ENTER}`, ENTER, ENTER, ENTER];
    for (const [last] of questions.entries()) {
      const typed = questions
        .slice(0, last + 1)
        .map((question, index) => [question, index === last ? CTRL_C : (keys[index] ?? "")] as const);
      expect(await newWorkflow(undefined, { secret: [], workflows }, typing(...typed))).toBe(130);
    }
    expect(existsSync(workflows)).toBe(false);
  });
});
