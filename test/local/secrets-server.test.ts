import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LOCAL_CREDENTIALS, LOCAL_REGION } from "../../lib/local/local-names.ts";
import type { LoopbackServer } from "../../lib/local/loopback-server.ts";
import { startSecretsServer } from "../../lib/local/secrets-server.ts";
import { webhookKeySecret, webhookKeys } from "../../lib/local/webhook-key.ts";

const folder = mkdtempSync(join(tmpdir(), "hookline-"));
let value = "one";
let server: LoopbackServer;
let client: SecretsManagerClient;

beforeAll(async () => {
  server = await startSecretsServer(
    new Map([
      ["plain", { read: () => value }],
      ["key", webhookKeySecret(folder)],
    ]),
  );
  client = new SecretsManagerClient({
    endpoint: server.url,
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
  });
});
afterAll(async () => {
  client.destroy();
  await server.close();
  rmSync(folder, { recursive: true });
});

const read = async (SecretId: string, VersionStage?: string) =>
  (await client.send(new GetSecretValueCommand({ SecretId, ...(VersionStage && { VersionStage }) })))
    .SecretString;

describe("the stand-in for Secrets Manager", () => {
  test("a secret is read afresh each time", async () => {
    expect(await read("plain")).toBe("one");
    value = "two";
    expect(await read("plain")).toBe("two");
  });

  test("an unknown secret and an unknown version are not found, as the service says it", async () => {
    await expect(read("nothing")).rejects.toBeInstanceOf(ResourceNotFoundException);
    await expect(read("plain", "AWSPREVIOUS")).rejects.toBeInstanceOf(ResourceNotFoundException);
  });

  test("the webhook key is made once, readable by its owner only, and can be rotated", async () => {
    const { current } = webhookKeys(folder);
    expect(current).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.parse((await read("key")) ?? "")).toEqual({ current });
    expect(statSync(join(folder, "webhook-key.json")).mode & 0o077).toBe(0);
    const rotated = JSON.stringify({ current: "new", previous: current });
    await client.send(new PutSecretValueCommand({ SecretId: "key", SecretString: rotated }));
    expect(webhookKeys(folder)).toEqual({ current: "new", previous: current });
    expect(readFileSync(join(folder, "webhook-key.json"), "utf8")).toBe(rotated);
  });

  test("with an access key it tells nothing to requests that are signed with another", async () => {
    const guarded = await startSecretsServer(new Map([["plain", { read: () => value }]]), "the-stack");
    const ask = (accessKeyId: string) => {
      const credentials = { accessKeyId, secretAccessKey: "any" };
      const one = new SecretsManagerClient({ endpoint: guarded.url, region: LOCAL_REGION, credentials });
      return one.send(new GetSecretValueCommand({ SecretId: "plain" })).finally(() => one.destroy());
    };
    expect((await ask("the-stack")).SecretString).toBe(value);
    await expect(ask("local")).rejects.toThrow("The security token included in the request is invalid.");
    const unsigned = await fetch(guarded.url, { method: "POST", body: '{"SecretId":"plain"}' });
    expect([unsigned.status, (await unsigned.text()).includes(value)]).toEqual([400, false]);
    await guarded.close();
  });

  test("a secret that is made from files is not written through the API", async () => {
    const put = new PutSecretValueCommand({ SecretId: "plain", SecretString: "x" });
    await expect(client.send(put)).rejects.toThrow('PutSecretValue of "plain" is not possible');
  });
});
