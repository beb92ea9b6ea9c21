import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type StackFolder, stackFolder } from "../e2e/stack-process.ts";
import { hookline, hooklineScript } from "./hookline-process.ts";

const called: (() => void)[] = [];
/** Takes every request and never answers. */
const silent = createServer(() => {
  for (const tell of called.splice(0)) tell();
});
let folder: StackFolder;

beforeAll(async () => {
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  folder = stackFolder({
    "greet.yaml": `environment:
  - { name: WHO, secret: false, default: nobody }
  - { name: KEY, secret: true, default: none-at-all }
steps:
  - { type: filter, conditions: [{ field: skip, op: not_exists }] }
  - { type: print, text: "\${env:WHO} has \${env:KEY}" }
  - { type: http_call, url: "https://api.example.com/\${id}", output_to: answer }
`,
    "slow.yaml": `name: slow\nsteps:\n  - { type: http_call, url: "http://127.0.0.1:${port}/" }\n`,
    "private.yaml": "steps:\n  - { type: http_call, url: 'http://127.0.0.1:2/' }\n",
    "broken.yaml": "name: broken\nsteps:\n  - { type: filtre }\n",
    "colours.yaml": "name: a\u001b[2J\nsteps: []\n",
    "output.yaml":
      "environment: [{ name: PIN, secret: true }]\nsteps:\n  - { type: http_call, url: 'https://api.example.com/${env:PIN}' }\noutput: { text: '${nothing}', id: '${http.id}' }\n",
    "exact.yaml": "http:\n  - { url: 'https://api.example.com/*', body: { id: 9007199254740993 } }\n",
    "event.json": '{ "id": 12345678901234567890 }',
    "broken.json": '{\n  "id": 1,\n}',
    "mocks.yaml": "http:\n  - { url: 'https://api.example.com/*', body: { found: true } }\n",
    "fails.yaml": "http:\n  - { url: 'https://api.example.com/*', status: 404, body: gone }\n",
    ".env.dev": "WHO=from-env-dev\nKEY=key-of-dev\n",
    ".env": "WHO=from-env\nKEY=key-of-all\n",
  });
  const latin1 = "name: a\nsteps:\n  - type: print\n    text: Gr\u00fc\u00dfe\n";
  writeFileSync(join(folder.path, "latin1.yaml"), latin1, "latin1");
});
afterAll(() => {
  silent.closeAllConnections();
  silent.close();
  folder.remove();
});

const run = (args: readonly string[], more: { stdin?: string; env?: { [name: string]: string } } = {}) =>
  hookline(["run", ...args], { cwd: folder.path, ...more });

describe("hookline run", () => {
  test("a private host is reached when HOOKLINE_ALLOW_PRIVATE_HOSTS has it, in the shell, --env or .env.<stage>", async () => {
    const given = ["--env", "HOOKLINE_ALLOW_PRIVATE_HOSTS=127.0.0.1"];
    folder.write(".env.open", "HOOKLINE_ALLOW_PRIVATE_HOSTS=localhost, 127.0.0.1\n");
    const refused = await run(["private.yaml"]);
    expect([refused.code, refused.stderr.includes("blocked_address")]).toEqual([1, true]);
    const env = { HOOKLINE_ALLOW_PRIVATE_HOSTS: "127.0.0.1" };
    expect((await run(["private.yaml"], { env })).stderr).toContain("refused the connection");
    expect((await run(["private.yaml", ...given])).stderr).toContain("refused the connection");
    expect((await run(["private.yaml", "--stage", "open"])).stderr).toContain("refused the connection");
  });

  test("--json prints exactly one object, steps show on standard error, exit code 0", async () => {
    const { code, stdout, stderr } = await run([
      "greet.yaml",
      "--event",
      "event.json",
      "--mocks",
      "mocks.yaml",
      "--json",
    ]);
    expect(code).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(stdout).toContain('"id":12345678901234567890');
    const view = JSON.parse(stdout);
    expect(view).toMatchObject({
      status: "succeeded",
      error: null,
      state: { answer: { found: true } },
      steps: [
        { path: "0", id: "filter_1", type: "filter", status: "ok", attempts: 1, warnings: [], usage: null },
        { path: "1", type: "print", status: "ok" },
        { path: "2", type: "http_call", status: "ok" },
      ],
    });
    expect(view.run_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(stderr).toMatch(/✓ 0 +filter_1 .*\n✓ 1 +print_1 .*\n.*from-env-dev has \*\*\*\n✓ 2 +http_call_1/);
  });

  test("the environment: --env, then the shell, then .env.<stage>, then .env, then the default", async () => {
    const printed = async (args: string[], env: { [name: string]: string } = {}) =>
      /› (.*) has/.exec((await run(["greet.yaml", "--mocks", "mocks.yaml", ...args], { env })).stderr)?.[1];
    expect(await printed(["--env", "WHO=given"], { WHO: "shell" })).toBe("given");
    expect(await printed([], { WHO: "shell" })).toBe("shell");
    expect(await printed([])).toBe("from-env-dev");
    expect(await printed(["--stage", "prod"])).toBe("from-env");
  });

  test("a dropped run is exit code 0, a failed one 1 with its error", async () => {
    const dropped = await run(["greet.yaml", "--event", "-", "--json"], { stdin: '{"skip": true}' });
    expect([dropped.code, JSON.parse(dropped.stdout).status]).toEqual([0, "dropped"]);
    const failed = await run(["greet.yaml", "--mocks", "fails.yaml", "--json"]);
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      status: "failed",
      error: { step: "2", class: "client_error" },
    });
  });

  test("what is to be said of the run as a whole is a warning on standard error", async () => {
    const { stdout, stderr } = await run([
      ...["output.yaml", "--mocks", "exact.yaml", "--json"],
      ...["--env", "PIN=123"],
    ]);
    expect(stderr).toContain("! the secret PIN is shorter than 4 characters");
    expect(stderr).toContain("! output: ${nothing} resolves to nothing");
    expect(stdout).toContain('"output":{"text":null,"id":9007199254740993}');
  });

  test("without --json the end is readable", async () => {
    const { stdout } = await run(["greet.yaml", "--mocks", "mocks.yaml"]);
    expect(stdout).toMatch(/^succeeded {2}[0-9a-f-]{36}\n\{\n {2}"answer": \{/);
  });

  test("a private host is reached only when HOOKLINE_ALLOW_PRIVATE_HOSTS has it", async () => {
    const { code, stdout } = await run(["slow.yaml", "--json"]);
    expect([code, JSON.parse(stdout).error.class]).toEqual([1, "blocked_address"]);
  });

  test("Ctrl-C cancels the run: exit code 130 and a readable end", async () => {
    const asked = new Promise<void>((resolve) => called.push(resolve));
    const child = spawn(process.execPath, [hooklineScript, "run", "slow.yaml", "--json"], {
      cwd: folder.path,
      env: { PATH: process.env.PATH, HOOKLINE_ALLOW_PRIVATE_HOSTS: "127.0.0.1" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const output = child.stdout.toArray();
    await asked;
    child.kill("SIGINT");
    await once(child, "close");
    expect(child.exitCode).toBe(130);
    expect(JSON.parse(Buffer.concat(await output).toString())).toMatchObject({ status: "cancelled" });
  });

  test.each([
    ["a workflow that does not parse", ["broken.yaml"], "broken.yaml:3:13: error: unknown step type"],
    ["a file that would move the cursor", ["colours.yaml"], "> 1 | name: a\\u001b[2J"],
    ["a file that is not there", ["none.yaml"], "hookline: none.yaml cannot be read: there is no such file"],
    [
      "a file of another encoding",
      ["latin1.yaml"],
      "hookline: latin1.yaml cannot be read: line 4 is not UTF-8 text: save the file as UTF-8",
    ],
    [
      "an event that is no JSON",
      ["greet.yaml", "--event", "broken.json"],
      "hookline: broken.json:3:1: the event is not JSON",
    ],
    ["--env without a value", ["greet.yaml", "--env", "SECRET"], "hookline: --env SECRET: write NAME=VALUE"],
    [
      "mocks that are none",
      ["greet.yaml", "--mocks", "event.json"],
      "hookline: event.json: the scripted answers do not fit",
    ],
    ["a stage that is none", ["greet.yaml", "--stage", "No!"], 'hookline: "No!" is no stage'],
    ["an unknown option", ["greet.yaml", "--evnt", "x"], "error: unknown option '--evnt'"],
  ])("%s is exit code 2 with a sentence and nothing on standard output", async (_what, args, sentence) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain("    at ");
  });
});
