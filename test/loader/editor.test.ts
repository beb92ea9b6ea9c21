import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { TextDocument } from "vscode-languageserver-textdocument";
import { getLanguageService } from "yaml-language-server";
import type { JsonObject } from "../../lib/core/json.ts";
import { workflowSchema } from "../../lib/language/schema/workflow-schema.ts";
import { stepTypes } from "../../lib/steps/registry.ts";

const schema: JsonObject = workflowSchema(stepTypes);
const service = getLanguageService({
  schemaRequestService: (uri) => Promise.reject(new Error(`nothing is fetched, not even ${uri}`)),
  workspaceContext: { resolveRelativePath: (path) => path },
});
service.configure({
  validate: true,
  completion: true,
  hover: true,
  schemas: [{ uri: "file:///workflow.schema.json", fileMatch: ["*.yaml"], schema }],
});

let documents = 0;
/** A file in an editor; `¦` is where the cursor stands. */
function open(text: string) {
  documents += 1;
  const document = TextDocument.create(`file:///${documents}.yaml`, "yaml", 1, text.replace("¦", ""));
  return { document, cursor: document.positionAt(text.indexOf("¦")) };
}

async function offered(text: string): Promise<readonly string[]> {
  const { document, cursor } = open(text);
  const { items } = await service.doComplete(document, cursor, false);
  return items.map(({ label }) => label);
}

async function complaints(text: string): Promise<readonly string[]> {
  const found = await service.doValidation(open(text).document, false);
  return found.map(({ range, message }) => `${range.start.line + 1}:${range.start.character + 1} ${message}`);
}

async function explained(text: string): Promise<string> {
  const { document, cursor } = open(text);
  return JSON.stringify((await service.doHover(document, cursor))?.contents);
}

describe("an editor with the YAML language server offers", () => {
  test("every step type after type, with what it does", async () => {
    const { document, cursor } = open("name: a\nsteps:\n  - type: ¦");
    const { items } = await service.doComplete(document, cursor, false);
    expect(items.map(({ label }) => label)).toEqual([...stepTypes.keys()]);
    expect(items.map(({ documentation }) => documentation)).toEqual(
      [...stepTypes.values()].map(({ summary }) => `${summary}.`),
    );
  });

  test.each([...stepTypes.keys()])("the parameters of %s, and no other step's", async (type) => {
    const labels = new Set(await offered(`name: a\nsteps:\n  - type: ${type}\n    ¦`));
    const properties = (schema.definitions as { [name: string]: { properties: object } })[`step_${type}`]
      ?.properties;
    const known = Object.keys(properties ?? {}).filter((key) => key !== "type");
    // The type's own name stands for all that it needs at once.
    labels.delete(type);
    expect([...labels].sort()).toEqual(known.sort());
  });

  test.each([
    ["in a loop", "  - type: for_each\n    input_from: a\n    steps:\n      - type: jq\n        ¦", "query"],
    ["in a branch", "  - type: if_else\n    else:\n      steps:\n        - type: wait\n          ¦", "until"],
    [
      "in parallel",
      "  - type: parallel\n    branches:\n      a:\n        - type: set\n          ¦",
      "values",
    ],
  ])("parameters of a step %s", async (_where, steps, parameter) => {
    expect(await offered(`name: a\nsteps:\n${steps}`)).toContain(parameter);
  });

  test.each([
    ["the file's keys", "¦", "on_failure"],
    ["the file's keys in the wrapper", "workflow:\n  ¦", "on_failure"],
    ["the keys of a schedule", "input:\n  type: cron\n  ¦", "timezone"],
    ["the presets", "input:\n  type: http_webhook\n  verify: ¦", "stripe"],
    ["presets and schemes", "input:\n  type: http_webhook\n  verify:\n    ¦", "scheme"],
    ["the presets of a mapping", "input:\n  type: http_webhook\n  verify:\n    preset: ¦", "stripe"],
    [
      "the keys of a preset",
      "input:\n  type: http_webhook\n  verify:\n    preset: slack\n    ¦",
      "tolerance",
    ],
    ["the schemes", "input:\n  type: http_webhook\n  verify:\n    scheme: ¦", "ed25519"],
    ["the keys of a scheme", "input:\n  type: http_webhook\n  verify:\n    scheme: jwt\n    ¦", "audience"],
    [
      "the keys of a signature",
      "input:\n  type: http_webhook\n  verify:\n    scheme: hmac\n    signature:\n      ¦",
      "encoding",
    ],
    ["operators", "steps:\n  - type: filter\n    conditions:\n      - field: a\n        op: ¦", "startswith"],
    ["values of a set", "steps:\n  - type: http_call\n    method: ¦", "DELETE"],
    ["true and false", "steps:\n  - type: jq\n    multiple: ¦", "true"],
  ])("%s", async (_what, text, label) => {
    expect(await offered(text)).toContain(label);
  });
});

describe("it complains of", () => {
  test.each([
    ["an unknown key", "  - type: jq\n    qurey: .\n    query: .", ["4:5 Property qurey is not allowed."]],
    ["a missing key", "  - type: jq", ['3:5 Missing property "query".']],
    ["a step without a type", "  - query: .", ['3:5 Missing property "type".']],
    [
      "an unknown type, once",
      "  - type: http_cal\n    url: x",
      [expect.stringContaining("3:11 Value is not accepted.")],
    ],
    ["a number out of range", "  - type: stop\n    retries: 11", ["4:14 Value is above the maximum of 10."]],
    [
      "a value of the wrong type",
      "  - type: jq\n    query: .\n    multiple: yes",
      ["5:15 Expected true or false, or text with a placeholder: ${path}."],
    ],
    [
      "a branch without steps",
      "  - type: if_else\n    if: { conditions: [] }",
      ['4:5 Missing property "steps".'],
    ],
    [
      "a key of a condition",
      "  - type: filter\n    conditions: [{ feild: a, op: eq, value: 1 }]",
      ['4:18 Missing property "field".', "4:20 Property feild is not allowed."],
    ],
  ])("%s", async (_what, steps, expected) => {
    expect(await complaints(`name: a\nsteps:\n${steps}\n`)).toEqual(expected);
  });

  test.each([
    [
      "an unknown preset",
      "gihtub",
      [expect.stringContaining('4:11 Value is not accepted. Valid values: "github"')],
    ],
    [
      "an unknown scheme",
      "{ scheme: hmca }",
      [expect.stringContaining('4:21 Value is not accepted. Valid values: "hmac"')],
    ],
    [
      "an unknown key of a preset",
      "{ preset: slack, secrets: a }",
      ["4:28 Property secrets is not allowed."],
    ],
    [
      "an unknown key of a scheme",
      "{ scheme: bearer, token: a, tokn: b }",
      ["4:39 Property tokn is not allowed."],
    ],
    ["a missing key of a scheme", "{ scheme: bearer }", ['4:3 Missing property "token".']],
  ])("%s", async (_what, verify, expected) => {
    const text = `name: a\ninput:\n  type: http_webhook\n  verify: ${verify}\nsteps: []\n`;
    expect(await complaints(text)).toEqual(expected);
  });

  test("nothing in a file that loads", async () => {
    const text = `name: a
steps:
  - { type: http_call, url: "https://a.test", method: post, timeout: 5, body: { n: "\${n}" } }
  - { type: wait, seconds: "\${delay, 3}" }
  - { type: filter, conditions: [{ field: a, operator: eq, value: 1 }, { not: { field: b, op: exists } }] }
`;
    expect(await complaints(text)).toEqual([]);
  });
});

test("it explains a key where the cursor rests, with its default", async () => {
  expect(await explained("steps:\n  - type: http_call\n    time¦out: 3\n")).toContain(
    "Seconds for one attempt. Default: `30`.",
  );
  expect(await explained("steps:\n  - type: http_call\n    retr¦ies: 3\n")).toContain(
    "Further attempts, 0 to 10.",
  );
});

describe("a shipped workflow", () => {
  const folder = new URL("../../workflows/", import.meta.url);
  const reading = getLanguageService({
    schemaRequestService: async (uri) => readFileSync(fileURLToPath(uri), "utf8"),
    workspaceContext: { resolveRelativePath: (path, file) => new URL(path, file).href },
  });
  reading.configure({ validate: true });
  const complaintsOf = async (uri: string, text: string) => {
    const found = await reading.doValidation(TextDocument.create(uri, "yaml", 1, text), false);
    return found.map(({ message }) => message);
  };

  test.each(readdirSync(folder).filter((name) => /^[^.]+\.yaml$/.test(name)))(
    "%s leads an editor to the schema by its first line",
    async (name) => {
      const text = readFileSync(new URL(name, folder), "utf8");
      expect(await complaintsOf(new URL(name, folder).href, text)).toEqual([]);
      const broken = await complaintsOf(new URL(`broken-${name}`, folder).href, `${text}\nextra: 1\n`);
      expect(broken).toEqual(["Property extra is not allowed."]);
    },
  );
});
