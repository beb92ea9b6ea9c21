import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { hookline, hooklineScript } from "./hookline-process.ts";

const WORKFLOW = `name: greet
environment:
  - { name: HOOK, secret: true }
steps:
  - type: http_call
    id: ask
    url: https://api.test/people/\${id}
    retries: 2
    output_to: person
  - type: if_else
    id: route
    if:
      conditions: [{ field: person.vip, op: eq, value: true }]
      steps:
        - { type: slack_webhook, id: tell, webhook_url: "\${env:HOOK}", text: "\${person.name} is here" }
    else:
      steps:
        - { type: print, id: note, text: "only \${person.name}" }
`;
const CASES = `defaults:
  event: { id: 7 }
  environment: { HOOK: https://hooks.test/secret-path }
cases:
  - name: a guest of honour is announced
    given:
      answers:
        - { step: ask, body: { name: Ada, vip: true } }
        - { step: tell, body: ok }
    expect:
      calls:
        - { step: tell, body: { text: Ada is here } }
`;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hookline-test-"));
  writeFileSync(join(folder, "greet.yaml"), WORKFLOW);
  writeFileSync(join(folder, "greet.test.yaml"), CASES);
});
afterEach(() => rmSync(folder, { recursive: true }));

const command = (...args: string[]) => hookline(["test", ...args], { cwd: folder });
const add = (cases: string) => writeFileSync(join(folder, "greet.test.yaml"), CASES + cases);

describe("a file whose cases pass", () => {
  test("has its name written out where that would move the cursor", async () => {
    writeFileSync(join(folder, "greet\u001b[2J.yaml"), WORKFLOW);
    writeFileSync(join(folder, "greet\u001b[2J.test.yaml"), CASES.replace("Ada is here", "Bob is here"));
    const { code, stdout } = await command("greet\u001b[2J.test.yaml", "--coverage");
    expect(code).toBe(1);
    expect(stdout).toContain("greet\\u001b[2J.test.yaml");
    expect(stdout).not.toContain("\u001b");
  });

  test("ends with 0 and shows each case", async () => {
    const { code, stdout, stderr } = await command(".");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/✓ a guest of honour is announced {2}[\d.]+ ms\n/);
    expect(stdout).toContain("1 passed  in 1 file");
  });

  test.each(["greet.yaml", "greet.test.yaml", "."])("is found by %s", async (name) => {
    expect((await command(name)).stdout).toContain("1 passed");
  });

  test("is one JSON object on request, and nothing else", async () => {
    const report = JSON.parse((await command("greet.yaml", "--json")).stdout);
    expect(report).toMatchObject({
      passed: 1,
      failed: 0,
      broken: 0,
      files: [{ file: "greet.test.yaml", workflow: "greet.yaml", cases: [{ line: 5, passed: true }] }],
    });
  });

  test("does not cover the branch that no case took", async () => {
    const { code, stdout, stderr } = await command("greet.yaml", "--coverage", "100");
    expect(code).toBe(1);
    expect(stdout).toContain("coverage  66 % (4 of 6 steps and branches), no case entered");
    expect(stdout).toMatch(/greet\.yaml:10 {2}route, branch else\n.*greet\.yaml:18 {2}note\n/);
    expect(stderr).toBe("coverage is 66 %, and at least 100 % is asked for\n");
  });

  test("covers enough when less is asked for, and --coverage may stand before the file", async () => {
    expect((await command("greet.yaml", "--coverage", "60")).code).toBe(0);
    const shown = await command("--coverage", "./greet.yaml");
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain("4 of 6 steps and branches");
  });
});

describe("a case that fails", () => {
  test("ends with 1, and shows both sides, the place in the file, and the run's steps", async () => {
    add(`  - name: a guest is noted
    given:
      answers: [{ step: ask, body: { name: Bob } }]
    expect:
      state: { person: { name: Rob } }
      logs: [only Bob]
`);
    const { code, stdout } = await command(".");
    expect(code).toBe(1);
    expect(stdout).toContain(
      '✗ a guest is noted  greet.test.yaml:13\n    state.person.name  (greet.test.yaml:17)\n      expected  "Rob"\n      got       "Bob"\n',
    );
    expect(stdout).toContain("✓     1.else.0 note  ok");
  });

  test("names a call without an answer, with the lines to add", async () => {
    add("  - name: nobody answers\n");
    const { code, stdout } = await command(".");
    expect(code).toBe(1);
    expect(stdout).toContain(
      "no answer for GET https://api.test/people/7 (by ask). To give one, add under given.answers:\n      - step: ask\n        status: 200\n        body: {}\n",
    );
  });

  test("shows no secret of its environment", async () => {
    add(`  - name: nobody answers the hook
    given:
      answers: [{ step: ask, body: { name: Ada, vip: true } }]
    expect:
      calls: [{ step: tell, url: https://hooks.test/other }]
`);
    const { stdout } = await command(".", "--json");
    expect(stdout).not.toContain("secret-path");
    expect(stdout).toContain("***");
  });

  test("is a failure in the JUnit report, and XML of whatever it says", async () => {
    add(`  - name: "<a> & \\u0001 \\"b\\""
    given:
      answers: [{ step: ask, body: { name: "]]>" } }]
    expect: { state: { person: { name: "<" } } }
`);
    await command(".", "--junit", "report.xml");
    const xml = readFileSync(join(folder, "report.xml"), "utf8");
    expect(xml).toContain('<testsuite name="greet.test.yaml" tests="2" failures="1" errors="0"');
    expect(xml).toContain('<testcase name="&lt;a&gt; &amp; \ufffd &quot;b&quot;" classname="greet.yaml"');
    expect(xml).toContain("got       &quot;]]&gt;&quot;");
  });
});

describe("a file with an error", () => {
  test.each([
    [
      "  - nam: x\n",
      'greet.test.yaml:13:5: error: unknown key "nam" [unknown-key]\n  hint: did you mean "name"?',
    ],
    [
      "  - name: x\n    given:\n      answers: [{ step: aks, body: 1 }]\n",
      'greet.test.yaml:15:25: error: greet.yaml has no step "aks" [wrong-value]\n  hint: did you mean "ask"?',
    ],
    [
      "  - name: x\n    given:\n      environment: { HOK: a }\n",
      'greet.test.yaml:15:22: error: greet.yaml does not read "HOK" [wrong-value]\n  hint: did you mean "HOOK"?',
    ],
    [
      "  - name: x\n    given:\n      answers: [{ step: ask, body: 1, text: a }]\n",
      "greet.test.yaml:15:17: error: cases.1.given.answers.0: an answer is of one kind",
    ],
    [
      "  - name: x\n    expect:\n      state: { a: { $match: b } }\n",
      'greet.test.yaml:15:21: error: there is no matcher "$match" [unknown-key]\n  hint: did you mean "$matches"?',
    ],
    [
      "  - name: x\n    expect:\n      steps: { rout: ok }\n",
      'greet.test.yaml:15:16: error: greet.yaml has no step "rout"',
    ],
    ["  - name: x\n    given: { event: 1, body: a }\n", "are ways to give the event: keep one"],
  ])("%j ends with 2 and says where", async (cases, said) => {
    add(cases);
    const { code, stdout } = await command(".");
    expect(stdout).toContain(said);
    expect(code).toBe(2);
  });

  test("keeps no other file from running", async () => {
    writeFileSync(join(folder, "broken.test.yaml"), "cases: []\n");
    const { code, stdout } = await command(".");
    expect(code).toBe(2);
    expect(stdout).toContain("broken.test.yaml:1:8: error: cases: ");
    expect(stdout).toContain("1 file with errors, 1 passed  in 2 files");
  });

  test("may be the workflow", async () => {
    writeFileSync(join(folder, "greet.yaml"), WORKFLOW.replace("slack_webhook", "slak_webhook"));
    const { code, stdout } = await command("greet.test.yaml");
    expect(code).toBe(2);
    expect(stdout).toContain('did you mean "slack_webhook"?');
  });
});

test("--watch runs again when a file changes, not for its own report, and Ctrl-C ends it well", async () => {
  const args = [hooklineScript, "test", "--watch", "--junit", "report.xml", "."];
  const child = spawn(process.execPath, args, { cwd: folder, env: { PATH: process.env.PATH } });
  const output = new PassThrough();
  for (const stream of [child.stdout, child.stderr]) stream.pipe(output, { end: false });
  child.once("close", () => output.end());
  const lines = createInterface({ input: output })[Symbol.asyncIterator]();
  const said: string[] = [];
  const until = async (text: string): Promise<void> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`ended without ${text}:\n${said.join("\n")}`);
      said.push(value);
      if (value.includes(text)) return;
    }
  };
  await until("watching for changes");
  add("  - name: nobody answers\n");
  await until("✗ nobody answers");
  await until("watching for changes");
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
  expect(said.filter((line) => line.startsWith("cases  "))).toHaveLength(2);
});

test.each([
  [["nothing.yaml"], "nothing.yaml cannot be read: there is no such file"],
  [["--filter", "nobody"], `there is no such file`],
  [[".", "--filter", "nobody"], 'no case\'s name holds "nobody"'],
  [[".", "--coverage", "200"], "write a percentage from 0 to 100"],
])("%j is an error of the command line", async (args, said) => {
  const { code, stderr } = await command(...args);
  expect(stderr).toContain(said);
  expect(code).toBe(2);
});
