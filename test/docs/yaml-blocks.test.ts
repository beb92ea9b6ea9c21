import { describe, expect, test } from "@jest/globals";
import { parseDocument } from "yaml";
import { parseScript } from "../../lib/adapters/scripted/script.ts";
import { loadStages } from "../../lib/language/load-stages.ts";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { formatProblem, type Problem } from "../../lib/language/problem.ts";
import { stepTypes } from "../../lib/steps/registry.ts";
import { loadTestFile } from "../../lib/testing/test-file.ts";
import { docPages } from "../support/doc-pages.ts";
import { schemaFaults } from "../support/schema-faults.ts";

const blocks = docPages
  .flatMap((page) => page.blocks)
  .filter(({ language }) => language === "yaml")
  .map(({ place, text }) => ({ place, text }));

/** What is wrong with a block, read as what its keys show it to be; a part of a file is read within the least of one. */
function faultsOf(text: string): readonly string[] {
  const content: unknown = parseDocument(text, { uniqueKeys: false }).toJS();
  const keys = new Set(typeof content === "object" ? Object.keys(content ?? {}) : []);
  if (keys.has("cases")) return told(loadTestFile(text, "page.test.yaml").problems);
  if (keys.has("answers"))
    return told(loadTestFile(`cases:\n- name: x\n  given:\n${indented(text, 4)}`, "page.test.yaml").problems);
  if (keys.has("stages")) return told(loadStages(text, "stages.yaml").problems);
  if (keys.has("http") || keys.has("llm")) return faultsOfAnswers(content);
  if (/^ {4}\S/.test(text) && !Array.isArray(content))
    return settingsOf(text).flatMap((stage) => told(loadStages(stage, "stages.yaml").problems));
  const workflow = Array.isArray(content)
    ? `steps:\n${indented(text, 2)}`
    : keys.has("steps")
      ? text
      : `${text}\nsteps: []\n`;
  return [...told(loadWorkflow(workflow, "page.yaml").problems), ...schemaFaults(workflow, stepTypes)];
}

/** Keys of a stage, each on a line of its own and as deep as in `stages.yaml`. */
const settingsOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => `stages:\n  prod:\n${line}\n`);

function faultsOfAnswers(content: unknown): readonly string[] {
  try {
    parseScript(content);
    return [];
  } catch (error) {
    return [String(error)];
  }
}

const told = (problems: readonly Problem[]) => problems.map(formatProblem);
const indented = (text: string, by: number) => text.replace(/^(?=.)/gm, " ".repeat(by));

test.each(blocks)("$place loads without a word", ({ text }) => {
  expect(faultsOf(text)).toEqual([]);
});

test("all of the documentation's YAML is looked at", () => {
  expect(blocks.length).toBeGreaterThan(60);
});

describe("what would be told", () => {
  test.each([
    ["a key of a file that there is not", "name: x\nstepz: []\n", "stepz"],
    ["a type that there is not", "- type: fliter\n", "fliter"],
    ["a parameter that the step has not", "steps: [{ type: print, txt: hi }]\n", "txt"],
    ["a key of the input that there is not", "input: { type: http_webhook, verfy: slack }\n", "verfy"],
    ["a key of a test that there is not", "cases: [{ name: x, expects: {} }]\n", "expects"],
    ["a kind of answer that there is not", "answers: [{ step: x, boby: ok }]\n", "boby"],
    ["a setting that a stage has not", "stages: { prod: { regoin: x } }\n", "regoin"],
    ["one that stands alone", "    regoin: x\n", "regoin"],
    ["an answer of a script that there is not", "http: [{ url: /, stats: 200 }]\n", "stats"],
  ])("%s", (_what, text, name) => {
    expect(faultsOf(text).join("\n")).toContain(name);
  });
});
