import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { hookline } from "../cli/hookline-process.ts";
import { type StackProcess, stackFolder, startStack } from "./stack-process.ts";

/** What would move a cursor, change colours, set a title, ring, or turn text around. */
const HOSTILE = "\u001b[2J\u001b]0;title\u0007\u009b31m\u0008\r\u007f\u202egnp.exe\u2066\u2028end";
const folder = stackFolder({
  "echo.yaml": `name: echo
version: ${JSON.stringify(HOSTILE)}
steps:
  - { type: print, text: "\${input.text}" }
  - { type: set, values: { copy: "\${input.text}" } }
  - { type: fail, message: "\${input.text}" }
`,
});
let stack: StackProcess;
let runId = "";

beforeAll(async () => {
  stack = await startStack(folder);
  runId = await stack.accept("echo", { text: HOSTILE, [HOSTILE]: 1 });
  await stack.said(runId);
});
afterAll(async () => {
  await stack.end("SIGINT");
  folder.remove();
});

test.each([
  ["runs list"],
  ["runs show RUN"],
  ["runs explain RUN"],
  ["deliveries list"],
  ["deliveries show RUN"],
  ["dlq list"],
  ["logs"],
  ["status"],
  ["cost"],
  ["cost --by model"],
  ["secrets list"],
  ["versions"],
  ["versions echo"],
  ["versions HOSTILE"],
  ["rollback HOSTILE --yes"],
  ["rollout HOSTILE 5%"],
])("%s shows what strangers wrote, written out", async (command) => {
  const words = command.replace("RUN", runId).replace("HOSTILE", HOSTILE).split(" ");
  const args = [...words, "--data", folder.data];
  const called = [args, [...args, "--json"]].map((all) => hookline(all, { cwd: folder.path }));
  for (const { stdout, stderr } of await Promise.all(called)) {
    expect(`${stdout}${stderr}`).not.toMatch(/[[\p{Cc}\p{Bidi_Control}\u2028\u2029]--[\t\n]]/v);
    expect(stdout + stderr).not.toBe("");
  }
});

test("runs explain shows it, and names the commands to try", async () => {
  const { stdout } = await hookline(["runs", "explain", runId, "--data", folder.data]);
  expect(stdout).toContain("\\u001b[2J\\u001b]0;title\\u0007\\u009b31m");
  expect(stdout).toMatch(/> 6 \| {3}- \{ type: fail, message: "\$\{input\.text\}" \}/);
  expect(stdout).toContain(`npx hookline runs redrive ${runId} --data ${folder.data}`);
});
