import { describe, expect, test } from "@jest/globals";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { fakeSteps } from "../support/fake-steps.ts";

const BASE = `name: a
environment: [BASE]
steps:
  - type: call
    url: \${env:BASE}/x
    headers: { a: "1", b: "2" }
  - type: choose
    if: { conditions: [], steps: [{ type: say, text: hello }] }
`;

const hashOf = (text: string, file = "a.yaml") => loadWorkflow(text, file, fakeSteps).workflow?.hash;
const base = hashOf(BASE);

describe("the content hash", () => {
  test("is 64 hex characters", () => {
    expect(base).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ["a comment", BASE.replace("steps:", "# why\nsteps:")],
    ["a changelog", `# v1.0.0 - 2024-11-25\n# - first\n${BASE}`],
    ["empty lines", BASE.replaceAll("\n", "\n\n")],
    ["the order of keys", BASE.replace('{ a: "1", b: "2" }', '{ b: "2", a: "1" }')],
    ["a description", `${BASE}description: what it does\n`],
    ["a version", `${BASE}version: "2"\n`],
    ["stages", `${BASE}stages: [prod]\n`],
    ["a rollout", `${BASE}rollout: 5%\n`],
    ["a label of a step", BASE.replace("url:", "name: Call it\n    url:")],
    ["a label of a nested step", BASE.replace("text: hello", "text: hello, name: Greet")],
    ["a default written out", `${BASE}timeout: 3600\n`],
  ])("does not change with %s", (_says, text) => {
    expect(hashOf(text, "other.yaml")).toBe(base);
  });

  test.each([
    ["the name", BASE.replace("name: a", "name: b")],
    ["a parameter", BASE.replace("/x", "/y")],
    ["a nested parameter", BASE.replace("hello", "bye")],
    ["a common key", BASE.replace("url:", "retries: 1\n    url:")],
    ["a cache", BASE.replace("url:", "cache: { ttl: 60 }\n    url:")],
    ["an id", BASE.replace("url:", "id: fetch\n    url:")],
    ["a step more", `${BASE}  - type: say\n`],
    ["on_failure", `${BASE}on_failure: [{ type: say }]\n`],
    ["output", `${BASE}output: null\n`],
    ["strict", `${BASE}strict: true\n`],
    ["the timeout", `${BASE}timeout: 60\n`],
    ["the input", `${BASE}input: { type: cron, cron: 0 0 * * * }\n`],
    ["what is kept", `${BASE}history: { redact: [a] }\n`],
    ["a secret", BASE.replace("[BASE]", "[{ name: BASE, secret: true }]")],
    [
      "the digits of a large number",
      BASE.replace("text: hello", "text: hello, when: [{ field: a, op: eq, value: 12345678901234567890 }]"),
    ],
  ])("changes with %s", (_says, text) => {
    expect(hashOf(text)).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf(text)).not.toBe(base);
  });

  test("differs for two large numbers that are one double", () => {
    const value = (digits: string) => hashOf(`name: a\nsteps: []\noutput: ${digits}\n`);
    expect(value("12345678901234567890")).not.toBe(value("12345678901234567891"));
  });
});
