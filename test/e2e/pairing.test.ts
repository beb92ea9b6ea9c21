import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createDynamoPairings } from "../../lib/adapters/dynamo/dynamo-pairings.ts";
import { startSecretsServer } from "../../lib/local/secrets-server.ts";
import { hookline, hooklineScript } from "../cli/hookline-process.ts";
import { startDynalite } from "../support/dynalite.ts";
import { type StackProcess, stackFolder, startStack } from "./stack-process.ts";

const folder = stackFolder({
  "pages.yaml": "name: pages\ninput: { type: http_webhook, verify: notion }\nsteps: []\n",
  "pushes.yaml": "name: pushes\ninput: { type: http_webhook, verify: github }\nsteps: []\n",
  ".env.local": "OTHER=1\nNOTION_VERIFICATION_TOKEN=old\n",
});
const inProject = stackFolder({});
mkdirSync(join(inProject.path, "workflows"));
inProject.write(
  "workflows/pages.yaml",
  "name: pages\ninput: { type: http_webhook, verify: notion }\nsteps: []\n",
);
const env = { PATH: process.env.PATH };
const here = { cwd: folder.path };
const data = ["--data", folder.data];
let stack: StackProcess;

beforeAll(async () => {
  stack = await startStack(folder);
});
afterAll(async () => {
  await stack?.end("SIGINT");
  folder.remove();
  inProject.remove();
});

test("url --pair keeps what the service sends, where its deliveries are then verified with it", async () => {
  const child = spawn(process.execPath, [hooklineScript, "url", "pages", "--pair", ...data], {
    ...here,
    env,
  });
  const stdout = text(child.stdout);
  const said: string[] = [];
  const lines = createInterface({ input: child.stderr }).on("line", (line) => said.push(line));
  const ended = once(child, "close");
  await once(lines, "line");
  expect(await hookline(["send", "notion", "--handshake", ...data], here)).toMatchObject({ code: 0 });
  expect(await ended).toEqual([0, null]);
  expect((await stdout).trim()).toBe(stack.workflows.find(({ name }) => name === "pages")?.url);
  expect(said.at(-1)).toBe("The secret has come, and is NOTION_VERIFICATION_TOKEN in .env.local.");

  const file = readFileSync(join(folder.path, ".env.local"), "utf8");
  const [, secret = ""] = /^OTHER=1\nNOTION_VERIFICATION_TOKEN='(msg_[0-9a-f]{32})'\n$/.exec(file) ?? [];
  expect(secret).not.toBe("");
  expect(said.join()).not.toContain(secret);
  // The stack sees a changed file within a second.
  while ((await hookline(["send", "notion", ...data], here)).code !== 0);
});

test("for a deployed stage it is written into the stage's secret, beside the others", async () => {
  let kept = '{"OTHER":"1"}';
  const secret = {
    read: () => kept,
    write(value: string) {
      kept = value;
    },
  };
  const key = { read: () => '{"current":"k"}' };
  const [dynalite, secrets] = await Promise.all([
    startDynalite(),
    startSecretsServer(
      new Map([
        ["hookline/prod/workflow-secrets", secret],
        ["hookline/prod/webhook-key", key],
      ]),
    ),
  ]);
  const table = await dynalite.createTable();
  const account = {
    ...env,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL_DYNAMODB: dynalite.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    HOOKLINE_API_URL: "https://api.example.com",
    HOOKLINE_TABLE: table,
  };
  const args = [hooklineScript, "url", "pages", "--pair", "--stage", "prod"];
  const child = spawn(process.execPath, args, { cwd: inProject.path, env: account });
  const ended = once(child, "close");
  await once(createInterface({ input: child.stderr }), "line");
  const pairings = createDynamoPairings({ client: dynalite.client(), table });
  expect(await pairings.give("pages", "from notion", Date.now())).toBe(true);
  expect(await ended).toEqual([0, null]);
  expect(JSON.parse(kept)).toEqual({ OTHER: "1", NOTION_VERIFICATION_TOKEN: "from notion" });
  await secrets.close();
  await dynalite.stop();
});

test("url --pair refuses a workflow whose service sends no secret", async () => {
  const { code, stdout, stderr } = await hookline(["url", "pushes", "--pair", ...data], here);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain('no service sends "pushes" a secret of its own accord');
});
