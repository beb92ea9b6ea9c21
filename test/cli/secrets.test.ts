import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { changeSecret } from "../../lib/adapters/change-secret.ts";
import { startSecretsServer } from "../../lib/local/secrets-server.ts";
import { stackFolder } from "../e2e/stack-process.ts";
import { hookline } from "./hookline-process.ts";

const VALUE = "a-value-that-nobody-may-see";
const ID = "hookline/prod/workflow-secrets";
const folder = stackFolder({});
mkdirSync(join(folder.path, "workflows"));
writeFileSync(
  join(folder.path, "workflows/pushes.yaml"),
  `name: pushes
environment: [{ name: API_KEY, secret: true }, { name: TOKEN, secret: true, default: none }]
input:
  type: http_webhook
  verify: { preset: github, secret: ["\${env:NEW}", "\${env:OLD}"] }
steps:
  - { type: set, values: { a: "\${env:API_KEY}\${env:TOKEN}" } }
`,
);

let stored = "";
let server: Awaited<ReturnType<typeof startSecretsServer>>;
let env: { readonly [name: string]: string };

beforeAll(async () => {
  const secret = {
    read: () => stored,
    write: (text: string) => {
      stored = text;
    },
  };
  server = await startSecretsServer(new Map([[ID, secret]]));
  env = {
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "x",
    AWS_SECRET_ACCESS_KEY: "x",
    AWS_ENDPOINT_URL_SECRETS_MANAGER: server.url,
  };
});
beforeEach(() => {
  stored = JSON.stringify({ OTHER: "kept" });
});
afterAll(async () => {
  await server.close();
  folder.remove();
});

const call = async (stdin: string, ...args: string[]) => {
  const finished = await hookline(["secrets", ...args], { cwd: folder.path, env, stdin });
  expect(finished.stdout + finished.stderr).not.toContain(VALUE);
  return finished;
};
const prod = ["--stage", "prod"];

describe("a deployed stage's secrets", () => {
  test("set reads the value from standard input, keeps the others, and says when functions see it", async () => {
    const { code, stderr } = await call(`${VALUE}\n`, "set", "API_KEY", ...prod);
    expect([code, JSON.parse(stored)]).toEqual([0, { OTHER: "kept", API_KEY: VALUE }]);
    expect(stderr).toMatch(
      /^API_KEY has a value in the secret hookline\/prod\/workflow-secrets\. .*five minutes/,
    );
  });

  test("list says which have a value and who reads them, never a value or its length", async () => {
    stored = JSON.stringify({ NEW: VALUE });
    const { code, stdout } = await call("", "list", ...prod);
    expect(code).toBe(1);
    expect(stdout.split("\n").map((line) => line.replaceAll(/ {2,}/g, " | "))).toEqual([
      "NAME | VALUE FROM | READ BY",
      "API_KEY | none | pushes",
      `NEW | the secret ${ID} | pushes`,
      "OLD | none | pushes",
      "TOKEN | its default | pushes",
      "",
    ]);
    const json = await call("", "list", "--missing", "--json", ...prod);
    expect(JSON.parse(json.stdout)).toEqual([
      { name: "API_KEY", from: null, required: true, workflows: ["pushes"] },
      { name: "OLD", from: null, required: true, workflows: ["pushes"] },
    ]);
  });

  test("rotate keeps the old value as the second one that the webhook takes", async () => {
    stored = JSON.stringify({ NEW: "before" });
    const { code } = await call(VALUE, "rotate", "NEW", ...prod);
    expect([code, JSON.parse(stored)]).toEqual([0, { NEW: VALUE, OLD: "before" }]);
    const none = await call(VALUE, "rotate", "API_KEY", ...prod);
    expect([none.code, none.stderr]).toEqual([
      2,
      expect.stringContaining('secret: ["${env:API_KEY}", "${env:API_KEY_OLD}"]'),
    ]);
  });

  test("unset takes one away, and refuses what is not there", async () => {
    await call("", "unset", "OTHER", ...prod);
    expect(JSON.parse(stored)).toEqual({});
    expect((await call("", "unset", "OTHER", ...prod)).code).toBe(2);
  });

  test.each([
    ["an empty value", "", ["set", "API_KEY"], "no value for API_KEY came"],
    ["a value in a name's place", "", ["set", `${VALUE}!`], "that is no name"],
  ])("%s is refused", async (_what, stdin, args, sentence) => {
    const { code, stderr } = await call(stdin, ...args, ...prod);
    expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)]);
  });

  test("what another person writes at the same time stays", async () => {
    const client = new SecretsManagerClient({
      region: "eu-west-1",
      endpoint: server.url,
      credentials: { accessKeyId: "x", secretAccessKey: "x" },
    });
    let theirs = false;
    const send = client.send.bind(client) as (command: unknown) => Promise<unknown>;
    client.send = (async (command: unknown) => {
      const isFirstPut = !theirs && (command as object).constructor.name === "PutSecretValueCommand";
      if (isFirstPut) {
        theirs = true;
        await changeSecret(client, ID, (values) => ({ ...values, THEIRS: "2" }));
      }
      return send(command);
    }) as never;
    await changeSecret(client, ID, (values) => ({ ...values, OURS: "1" }));
    expect(JSON.parse(stored)).toEqual({ OTHER: "kept", OURS: "1", THEIRS: "2" });
    client.destroy();
  });
});

describe("the local stack's secrets", () => {
  test("are lines of .env.local that nobody else may read", async () => {
    writeFileSync(join(folder.path, ".env.local"), "A=1\nAPI_KEY=old\n");
    expect((await call(VALUE, "set", "API_KEY")).code).toBe(0);
    expect(readFileSync(join(folder.path, ".env.local"), "utf8")).toBe(`A=1\nAPI_KEY='${VALUE}'\n`);
    expect(statSync(join(folder.path, ".env.local")).mode & 0o077).toBe(0);
    expect((await call("", "list")).stdout).toMatch(/API_KEY +\.env\.local +pushes/);
    expect((await call("", "unset", "API_KEY")).code).toBe(0);
    expect(readFileSync(join(folder.path, ".env.local"), "utf8")).toBe("A=1\n");
  });

  test("are told of in JSON for scripts, without their values", async () => {
    const change = async (...args: string[]) => JSON.parse((await call(VALUE, ...args, "--json")).stdout);
    const where = ".env.local";
    const told = { name: "API_KEY", where, old_value_in: null };
    expect(await change("set", "API_KEY")).toEqual({ ...told, had_value: false });
    expect(await change("set", "API_KEY")).toEqual({ ...told, had_value: true });
    expect(await change("unset", "API_KEY")).toEqual({ ...told, had_value: true });
  });

  test("a name that nothing reads is set with a word", async () => {
    expect((await call(VALUE, "set", "API_KEI")).stderr).toContain("No workflow here reads API_KEI");
  });
});
