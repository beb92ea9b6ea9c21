import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { hookline } from "./hookline-process.ts";

const GOOD = `# v1.0.0 - 2026-01-31
# - First
name: good
description: Say hello.
input: { type: cron, cron: "0 6 * * *" }
steps:
  - { type: print, text: hello }
`;
const TYPO = "steps:\n  - { type: print, txet: hello }\n";
const WARNED = `name: warned\nsteps:\n  - type: http_call\n    url: https://api.example.com/a\n`;

let folder: string;
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return name;
};
const check = (args: readonly string[], env: { readonly [name: string]: string } = {}) =>
  hookline(["check", ...args], { cwd: folder, env });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hookline-check-"));
  mkdirSync(join(folder, "workflows"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("hookline check", () => {
  test("has nothing to say about a good file", async () => {
    expect(await check([file("good.yaml", GOOD)])).toEqual({
      code: 0,
      stdout: "1 file: nothing to say\n",
      stderr: "",
    });
  });

  test("names rule, place and frame of what it finds, and counts it", async () => {
    const { code, stdout } = await check([file("typo.yaml", TYPO), file("warned.yaml", WARNED)]);
    expect(code).toBe(1);
    expect(stdout).toContain(
      'typo.yaml:2:20: error: unknown key "txet" [unknown-key]\n  hint: did you mean "text"?\n  1 | steps:\n> 2 |',
    );
    expect(stdout).toContain("warned.yaml:3:11: warning: http_call is tried once");
    expect(stdout).toMatch(
      /\n2 files: 1 error, 1 warning, 3 notes \(--notes shows them\); 2 can be fixed with --fix\n$/,
    );
    expect(stdout).not.toContain("\u001b");
  });

  test("writes out what in a file's name would move the cursor", async () => {
    const { code, stderr } = await check(["none\u001b[2J.yaml"]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "hookline: none\\u001b[2J.yaml cannot be read: there is no such file\n",
    });
  });

  test("takes the workflows folder without a file, and leaves tests and other files out", async () => {
    file("workflows/a.yaml", GOOD);
    file("workflows/a.test.yaml", "no: workflow");
    file("workflows/notes.txt", "no workflow");
    expect((await check([])).stdout).toBe("1 file: nothing to say\n");
    expect((await check(["workflows", "workflows/a.yaml"])).stdout).toBe("1 file: nothing to say\n");
  });

  test("tells of two files with one name", async () => {
    file("workflows/a.yaml", GOOD);
    file("workflows/b.yaml", GOOD);
    const { code, stdout } = await check([]);
    expect(code).toBe(1);
    expect(stdout).toContain(
      'workflows/b.yaml:3:1: error: workflows/a.yaml is a workflow of the name "good" already',
    );
  });

  test("leaves out the test files among those that a shell's *.yaml names, and says so when there is nothing else", async () => {
    const tests = file("good.test.yaml", "cases: [{ name: a }]\n");
    const both = await check([file("good.yaml", GOOD), tests]);
    expect([both.code, both.stdout]).toEqual([0, "1 file: nothing to say\n"]);
    const { code, stderr } = await check([tests]);
    expect([code, stderr]).toEqual([
      2,
      "hookline: good.test.yaml: that holds tests, which hookline test runs; name the workflow\n",
    ]);
  });

  test("names what cannot be read with the reason, checks the rest, and ends with 2", async () => {
    mkdirSync(join(folder, "empty"));
    const { code, stdout, stderr } = await check(["gone.yaml", "empty", file("good.yaml", GOOD)]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      "hookline: gone.yaml cannot be read: there is no such file\nhookline: empty holds no workflow file (*.yaml)\n",
    );
    expect(stdout).toBe("1 file: nothing to say\n");
  });

  test("tells of a workflow that a step runs and no file beside it is, unless a comment says it knows", async () => {
    const run = (name: string, more = "") => `  - { type: run_workflow, name: ${name}, event: {} }${more}\n`;
    file("workflows/billing.yaml", GOOD.replace("good", "billing"));
    file("workflows/broken.yaml", "steps: {}");
    const steps = [
      run("biling"),
      run("billing"),
      run("broken"),
      run("other", " # hookline-disable-line unknown-workflow"),
    ];
    const name = file(
      "workflows/main.yaml",
      `name: main\ninput: { type: cron, cron: "0 6 * * *" }\nsteps:\n${steps.join("")}`,
    );
    const { stdout } = await check([name]);
    expect(stdout.match(/^.*unknown-workflow.*$/gm)).toHaveLength(1);
    expect(stdout).toContain('main.yaml:4:33: warning: there is no workflow "biling" here');
    expect(stdout).toContain('did you mean "billing"?');
  });

  test("notes are shown when asked for, and count when told so", async () => {
    const name = file("plain.yaml", 'name: plain\ninput: { type: cron, cron: "0 6 * * *" }\nsteps: []\n');
    const [plain, notes, strict] = await Promise.all([
      check([name]),
      check([name, "--notes"]),
      check([name, "--strict"]),
    ]);
    expect(plain).toMatchObject({ code: 0, stdout: "1 file: 2 notes (--notes shows them)\n" });
    expect([notes.code, strict.code]).toEqual([0, 1]);
    expect(notes.stdout).toContain("note: the workflow has no description [no-description]");
    expect(strict.stdout).toBe(notes.stdout);
  });

  test("--json is one object", async () => {
    const { code, stdout } = await check(["--json", file("typo.yaml", TYPO), "gone.yaml"]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      errors: 1,
      unreadable: ["gone.yaml cannot be read: there is no such file"],
      files: [
        {
          file: "typo.yaml",
          workflow: null,
          switched_off: 0,
          problems: [{ rule: "unknown-key", severity: "error", line: 2, column: 20, fix: "write text" }],
        },
      ],
    });
  });

  test("--fix writes the file and tells what is left", async () => {
    const name = file("typo.yaml", `# keep me\n${TYPO}`);
    const { code, stdout } = await check(["--fix", name]);
    expect([code, stdout]).toEqual([0, "1 file: 3 notes (--notes shows them); 1 fixed\n"]);
    expect(readFileSync(join(folder, name), "utf8")).toBe(
      "# keep me\nsteps:\n  - { type: print, text: hello }\n",
    );
  });

  test("--fix of a file that may not be written says so and loses nothing", async () => {
    const name = file("typo.yaml", TYPO);
    chmodSync(join(folder, name), 0o444);
    const { code, stderr } = await check(["--fix", name]);
    // The tests may run as root, who may write everything.
    if (process.getuid?.() === 0) expect(code).toBe(0);
    else {
      expect([code, stderr]).toEqual([
        2,
        "hookline: typo.yaml cannot be written: this user may not read it\n",
      ]);
      expect(readFileSync(join(folder, name), "utf8")).toBe(TYPO);
    }
  });

  test("--stage names the names that have no value there, by the sources of run", async () => {
    const reads = ["FROM_SHELL", "FROM_STAGE", "FROM_FILE", "GIVEN", "MISSING", "STAGE"];
    const name = file(
      "stage.yaml",
      `name: stage\ninput: { type: cron, cron: "0 6 * * *" }\nenvironment: [${reads.join(", ")}, { name: WITH_DEFAULT, default: x }, UNREAD]\nsteps:\n${[...reads, "WITH_DEFAULT"].map((one) => `  - { type: print, text: "\${env:${one}}" }\n`).join("")}`,
    );
    file(".env.prod", "FROM_STAGE=a\n");
    file(".env", "FROM_FILE=b\n");
    const args = [name, "--stage", "prod", "--env", "GIVEN=c"];
    const { code, stdout } = await check(args, { FROM_SHELL: "d" });
    expect(code).toBe(1);
    expect(stdout.match(/^.*missing-env.*$/gm)).toEqual([
      'stage.yaml:9:27: error: "MISSING" has no value in stage prod, and no default [missing-env]',
    ]);
  });

  test("--stage asks nothing of a workflow that is not deployed there", async () => {
    const text = `stages: [dev]\nenvironment: [MISSING]\n${GOOD.replace("text: hello", 'text: "${env:MISSING}"')}`;
    const name = file("elsewhere.yaml", text);
    const [dev, prod] = await Promise.all([
      check([name, "--stage", "dev"]),
      check([name, "--stage", "prod"]),
    ]);
    expect([dev.code, prod.code]).toEqual([1, 0]);
  });

  test("--checklist names what is to be set at the service that calls", async () => {
    const verified = "name: paid\ninput: { type: http_webhook, verify: stripe }\nsteps: []\n";
    const { stdout } = await check(["--checklist", file("paid.yaml", verified)]);
    expect(stdout).toContain("at Stripe  https://docs.stripe.com/webhooks/signature");
    expect(stdout).toMatch(/URL +what "hookline url paid" prints/);
    expect(stdout).toMatch(/STRIPE_WEBHOOK_SECRET +the endpoint's signing secret/);
    expect(stdout).toContain("hookline send stripe --workflow paid");
  });

  test("--checklist goes through every rule, by area", async () => {
    const { code, stdout } = await check(["--checklist", file("warned.yaml", WARNED)]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^warned\.yaml: \d+ passed, 4 missed\n {2}correctness\n {4}✓ The file loads/);
    expect(stdout).toContain(
      "✗ Every external call is tried again when it fails for a moment (line 3, no-retries)",
    );
    expect(stdout).toContain(
      "– Every name of the environment that the file needs has a value in the stage (not checked)",
    );
  });

  test.each([
    ["two outputs at once", ["--json", "--sarif"], "cannot be used with"],
    ["a stage that is none", ["--stage", "Prod!"], '"Prod!" is no stage'],
    ["a value that is none", ["--env", "s3cret"], "write NAME=VALUE"],
  ])("%s is exit code 2", async (_what, args, sentence) => {
    const { code, stderr } = await check(args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});

describe("--sarif", () => {
  test("is a log that code scanning reads: rules, regions, paths from the working folder, fingerprints", async () => {
    file("workflows/a b.yaml", TYPO);
    file("workflows/warned.yaml", WARNED);
    const { code, stdout } = await check(["--sarif"]);
    expect(code).toBe(1);
    const log = JSON.parse(stdout);
    const [run] = log.runs;
    expect([log.version, log.runs.length, run.columnKind]).toEqual(["2.1.0", 1, "utf16CodeUnits"]);
    for (const rule of run.tool.driver.rules) {
      expect(rule).toEqual({
        id: expect.stringMatching(/^[a-z]+(-[a-z]+)*$/),
        name: rule.id,
        shortDescription: { text: expect.any(String) },
        fullDescription: { text: expect.any(String) },
        help: { text: expect.any(String), markdown: expect.any(String) },
        defaultConfiguration: { level: expect.stringMatching(/^(error|warning|note)$/) },
      });
    }
    for (const { ruleId, ruleIndex, locations, message, partialFingerprints } of run.results) {
      expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
      expect(message.text).not.toBe("");
      expect(locations).toHaveLength(1);
      const { artifactLocation, region } = locations[0].physicalLocation;
      expect(artifactLocation.uri).toMatch(/^workflows\/(a%20b|warned)\.yaml$/);
      expect(Math.min(region.startLine, region.startColumn)).toBeGreaterThan(0);
      expect(partialFingerprints.primaryLocationLineHash).toMatch(/^[0-9a-f]{32}:\d+$/);
    }
    const prints = run.results.map((one: { partialFingerprints: object }) =>
      JSON.stringify(one.partialFingerprints),
    );
    expect(new Set(prints).size).toBe(prints.length);
  });

  test("fingerprints stay when lines move", async () => {
    const name = file("typo.yaml", TYPO);
    const print = async () =>
      JSON.parse((await check(["--sarif", name])).stdout).runs[0].results[0].partialFingerprints;
    const before = await print();
    file(name, `# a line more\n${TYPO}`);
    expect(await print()).toEqual(before);
  });

  test("without problems the results are an empty list", async () => {
    const { code, stdout } = await check(["--sarif", file("good.yaml", GOOD)]);
    expect([code, JSON.parse(stdout).runs[0].results]).toEqual([0, []]);
  });
});
