import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "@jest/globals";
import { stepTypes } from "../../lib/steps/registry.ts";
import { stackFolder } from "../e2e/stack-process.ts";
import { hookline, hooklineScript } from "./hookline-process.ts";

describe("hookline", () => {
  test.each([
    [[]],
    [["start"]],
    [["run"]],
    [["url"]],
    [["test"]],
    [["check"]],
    [["record"]],
    [["runs"]],
    [["runs", "list"]],
    [["runs", "show"]],
    [["runs", "redrive"]],
    [["runs", "replay"]],
    [["runs", "cancel"]],
    [["dlq"]],
    [["dlq", "list"]],
    [["dlq", "redrive"]],
    [["dlq", "purge"]],
    [["new"]],
    [["schema"]],
    [["reference"]],
  ])("%j --help shows an example and is exit code 0", async (command) => {
    const { code, stdout } = await hookline([...command, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`$ hookline ${command[0] ?? "start"}`);
    expect(stdout).not.toMatch(/default: (?:\[\]|false)/);
  });

  test("ends without a word when nobody reads on, as before head", async () => {
    const child = spawn(process.execPath, [hooklineScript, "schema"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    const [stderr] = await Promise.all([text(child.stderr), once(child, "close")]);
    expect({ code: child.exitCode, stderr }).toEqual({ code: 1, stderr: "" });
  });

  test.each([
    ["a command that is none", ["strat"], "unknown command 'strat'"],
    ["a port that is none", ["start", "--port", "70000"], "Write a whole number from 0 to 65535"],
    ["a status that is none", ["runs", "list", "--status", "done"], "Allowed choices are queued, running"],
    ["a missing argument", ["url"], "missing required argument 'name'"],
  ])("%s is exit code 2 with the way out", async (_what, args, sentence) => {
    const { code, stdout, stderr } = await hookline(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(sentence);
  });

  test("url of a deployed stage says which settings it needs", async () => {
    const { code, stderr } = await hookline(["url", "greet", "--stage", "prod"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^hookline: to know the URLs of stage "prod", set HOOKLINE_API_URL .*\n$/);
  });

  test("a deployed stage without region or credentials is one sentence", async () => {
    const env = { HOME: "/nonexistent", AWS_EC2_METADATA_DISABLED: "true" };
    const nowhere = await hookline(["runs", "show", "x", "--stage", "prod"], { env });
    expect([nowhere.code, nowhere.stderr]).toEqual([
      2,
      "hookline: no AWS region is set: set AWS_REGION to the one of the stage\n",
    ]);
    const nobody = await hookline(["runs", "show", "x", "--stage", "prod"], {
      env: { ...env, AWS_REGION: "eu-west-1" },
    });
    expect(nobody.code).toBe(2);
    expect(nobody.stderr).toMatch(/^hookline: no AWS credentials were found .*AWS_PROFILE\n$/);
  });

  test("schema prints the schema of this repository's docs, or writes it", async () => {
    const folder = stackFolder({ file: "" });
    const printed = await hookline(["schema"]);
    expect(printed.code).toBe(0);
    expect(printed.stdout).toBe(
      readFileSync(new URL("../../docs/workflow.schema.json", import.meta.url), "utf8"),
    );
    const written = await hookline(["schema", "--out", "a/b.json"], { cwd: folder.path });
    expect([written.code, written.stdout]).toEqual([0, ""]);
    expect(written.stderr).toContain("# yaml-language-server: $schema=a/b.json");
    expect(readFileSync(join(folder.path, "a/b.json"), "utf8")).toBe(printed.stdout);
    const refused = await hookline(["schema", "--out", "file/b.json"], { cwd: folder.path });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /^hookline: file\/b\.json cannot be written \(E[A-Z]+\): name another file with --out\n$/,
    );
    folder.remove();
  });

  test("reference writes what the docs say of the steps, and is exit code 1 while it is stale", async () => {
    const folder = stackFolder({ "README.md": "# A\n\n<!-- steps -->\nold\n<!-- /steps -->\n\nend\n" });
    const call = (...args: string[]) => hookline(["reference", ...args], { cwd: folder.path });
    expect((await call()).code).toBe(1);
    expect((await call("--write")).code).toBe(0);
    expect((await call()).code).toBe(0);
    const readme = readFileSync(join(folder.path, "README.md"), "utf8");
    for (const type of stepTypes.keys()) expect(readme).toContain(`| [\`${type}\`](docs/steps/${type}.md) |`);
    folder.write("docs/workflow.schema.json", "{}\n");
    expect(await call()).toMatchObject({
      code: 1,
      stderr: 'docs/workflow.schema.json is stale: run "npm run reference".\n',
    });
    expect(readme).toMatch(/^# A\n\n<!-- steps -->\n\|[\s\S]*\|\n<!-- \/steps -->\n\nend\n$/);
    folder.write("README.md", "# A\n");
    expect((await call()).code).toBe(2);
    folder.remove();
  });
});

/** A Node that says it is old; what it then runs is the question. */
function oldNode(folder: string): string {
  const file = join(folder, "node20");
  const disguise = join(folder, "disguise.cjs");
  writeFileSync(disguise, 'Object.defineProperty(process.versions, "node", { value: "20.1.0" });\n');
  writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" --require "${disguise}" "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

describe("on a Node that is too old", () => {
  test("the command runs on the project's own Node", async () => {
    const folder = stackFolder({});
    const { code, stdout } = await hookline(["--version"], { node: oldNode(folder.path) });
    expect([code, stdout]).toEqual([0, "0.5.0\n"]);
    folder.remove();
  });

  test("without one it refuses in one sentence", async () => {
    const folder = stackFolder({});
    const env = { HOOKLINE_BUNDLED_NODE: "1" };
    const { code, stdout, stderr } = await hookline(["--version"], { node: oldNode(folder.path), env });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^hookline needs Node 24 or newer, and this is 20\.1\.0: .*\.\n$/);
    folder.remove();
  });
});
