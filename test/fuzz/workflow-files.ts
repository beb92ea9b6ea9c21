import assert from "node:assert/strict";
import * as fc from "fast-check";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { formatProblem } from "../../lib/language/problem.ts";
import { mutated, prototypeKeys } from "./fragments.ts";
import { fuzzTarget } from "./fuzz-target.ts";

const GOOD = `# v1.0.0 - 2024-11-25
# - first
name: customer-onboarding
environment:
  - { name: OPENAI_API_KEY, secret: true }
  - API_BASE_URL
input: { type: cron, cron: "0 6 * * mon", timezone: Europe/Berlin }
defaults: { retries: 2 }
steps:
  - type: filter
    conditions:
      - { field: email, op: contains, value: "@" }
      - any: [{ field: a, op: matches, value: "^x+$" }, { not: { field: b, op: empty } }]
  - type: http_call
    url: \${env:API_BASE_URL}/companies
    query: { email: "\${input.email}", ids: &ids [12345678901234567890, 1.5e300] }
    output_to: company
  - type: for_each
    input_from: company.people
    var: person
    steps:
      - type: if_else
        if: { conditions: [{ field: person.age, op: gt, value: 3 }], steps: [{ type: print, text: "\${person}" }] }
        else_if: [{ conditions: [], steps: [{ type: add_timestamp }] }]
        else: { steps: [{ type: jq, query: ".a", output_to: 'x["odd key"].y' }] }
  - type: openai_completion
    prompt: "Write to \${company.name, nobody}: $\${x}"
    retries: 3
  - { type: slack_webhook, blocks: *ids }
on_failure:
  - { type: print, text: "\${error.message}" }
output: { result: "\${openai}" }
`;

const PIECES = [
  "${",
  "}",
  "${env:",
  "*ids",
  "&x ",
  "[",
  "]",
  "{",
  ": ",
  "\n",
  "\t",
  "- ",
  "null",
  "~",
  '"',
  "'",
  "|\n",
  "!!str ",
  "!x ",
  "? ",
  "<<: *ids",
  "__proto__: 1",
  "steps",
  "type: ",
  "0x",
  "99999999999999999999",
  "\u0000",
  "\ud800",
  "#",
  "---\n",
  "%YAML 1.1\n",
  ".",
  "state",
  "1e999",
];

const pieces = fc
  .array(fc.constantFrom(...PIECES, "name: a\n", "steps:\n", "  - type: print\n", ...prototypeKeys), {
    maxLength: 40,
  })
  .map((parts) => parts.join(""));

const scalar = fc.oneof(
  fc.constantFrom("null", "5", "[]", "{}", "[1]", "{ a: 1 }", "true", "''", "[[{}]]", "{ constructor: 1 }"),
  fc.json(),
);
const valueReplaced = fc
  .tuple(fc.constantFrom(...GOOD.matchAll(/(?<=[a-z_]: )[^\n]+/g)), scalar)
  .map(([match, value]) => GOOD.slice(0, match.index) + value + GOOD.slice(match.index + match[0].length));

/** Any text as a file, most of it a sound file with pieces replaced: a workflow, or problems with their places. */
export const workflowFiles = fuzzTarget(
  "workflow files",
  fc.oneof(
    { weight: 4, arbitrary: mutated(GOOD, PIECES) },
    { weight: 3, arbitrary: valueReplaced },
    { weight: 2, arbitrary: pieces },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 200 }) },
  ),
  (text) => {
    const { workflow, problems } = loadWorkflow(text, "flow.yaml");
    assert.equal(
      workflow === undefined,
      problems.some(({ severity }) => severity === "error"),
    );
    for (const problem of problems) {
      assert.ok(problem.line > 0 && problem.column > 0);
      assert.ok(formatProblem(problem).includes("^"));
    }
    if (workflow) assert.equal(JSON.parse(JSON.stringify(workflow)).name, workflow.name);
  },
);

/** The file that is changed is sound, so that most changes reach far into the loader. */
export function problemsOfSoundFile(): readonly unknown[] {
  return loadWorkflow(GOOD, "flow.yaml").problems;
}
