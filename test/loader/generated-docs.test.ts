import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { generatedDocs } from "../../lib/cli/generated-docs.ts";
import { createProgram } from "../../lib/cli/main.ts";
import type { AnyStep } from "../../lib/core/step.ts";
import { parametersOf } from "../../lib/language/json-schema.ts";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { stepTypes } from "../../lib/steps/registry.ts";
import { schemaFaults } from "../support/schema-faults.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const types = [...stepTypes.keys()];

test.each([...generatedDocs(createProgram(() => {}))])(
  "%s is what the step types make: npm run reference writes it",
  (path, text) => {
    expect(read(path)).toBe(text);
  },
);

test.each([
  ["docs/steps", "md", [...types, "README"]],
  ["docs/steps/examples", "yaml", types],
  ["docs/steps/notes", "yaml", types],
])("%s has a file for each step type, and none for another", (folder, extension, names) => {
  const files = readdirSync(new URL(folder, root)).filter((name) => name.endsWith(`.${extension}`));
  expect(files.sort()).toEqual(names.map((name) => `${name}.${extension}`).sort());
});

describe.each(types)("%s", (type) => {
  test("has an example that uses it, loads without a word, and suits editors", () => {
    const path = `docs/steps/examples/${type}.yaml`;
    const text = read(path);
    const { workflow, problems } = loadWorkflow(text, path);
    expect(problems).toEqual([]);
    expect(JSON.stringify(workflow)).toContain(`"type":"${type}"`);
    expect(schemaFaults(text, stepTypes)).toEqual([]);
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/\.\.\/workflow\.schema\.json\n/);
  });

  test("has a description of each parameter", () => {
    const parameters = parametersOf((stepTypes.get(type) as AnyStep).schema);
    for (const [name, { description }] of parameters) {
      expect(`${name}: ${description}`).toMatch(/^\w+: (?!undefined).+/);
      expect(read(`docs/steps/${type}.md`)).toContain(`| \`${name}\` | `);
    }
  });
});
