import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { formatProblem } from "../../lib/language/problem.ts";

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

function checkAnswer(text: string): void {
  const { workflow, problems } = loadWorkflow(text, "flow.yaml");
  expect(workflow === undefined).toBe(problems.some(({ severity }) => severity === "error"));
  for (const problem of problems) {
    expect(problem.line).toBeGreaterThan(0);
    expect(problem.column).toBeGreaterThan(0);
    expect(formatProblem(problem)).toContain("^");
  }
  if (workflow) expect(JSON.parse(JSON.stringify(workflow)).name).toBe(workflow.name);
}

describe("any text gives a workflow or problems with places, and nothing throws", () => {
  test("the file that is mutated below is good", () => {
    expect(loadWorkflow(GOOD, "flow.yaml").problems).toEqual([]);
  });

  test("random text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), checkAnswer));
  });

  test("random pieces of YAML", () => {
    const pieces = fc.array(fc.constantFrom(...PIECES, "name: a\n", "steps:\n", "  - type: print\n"), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(pieces, (parts) => checkAnswer(parts.join(""))),
      { numRuns: 300 },
    );
  });

  test("a good file with pieces replaced", () => {
    const change = fc.record({
      at: fc.nat(GOOD.length),
      length: fc.nat(30),
      text: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 5 })),
    });
    const mutated = fc
      .array(change, { minLength: 1, maxLength: 4 })
      .map((changes) =>
        changes.reduce(
          (text, { at, length, text: piece }) => text.slice(0, at) + piece + text.slice(at + length),
          GOOD,
        ),
      );
    fc.assert(fc.property(mutated, checkAnswer), { numRuns: 500 });
  });

  test("a good file with any values in place of its own", () => {
    const scalar = fc.oneof(
      fc.constantFrom("null", "5", "[]", "{}", "[1]", "{ a: 1 }", "true", "''", "[[{}]]"),
      fc.json(),
    );
    const keys = [...GOOD.matchAll(/(?<=[a-z_]: )[^\n]+/g)];
    const replaced = fc.tuple(fc.constantFrom(...keys), scalar).map(([match, value]) => {
      const at = match.index;
      return GOOD.slice(0, at) + value + GOOD.slice(at + match[0].length);
    });
    fc.assert(fc.property(replaced, checkAnswer), { numRuns: 300 });
  });
});
