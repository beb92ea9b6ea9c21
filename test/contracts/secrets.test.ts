import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createSecretsManager } from "../../lib/adapters/secrets-manager.ts";
import type { LoopbackServer } from "../../lib/local/loopback-server.ts";
import { startSecretsServer } from "../../lib/local/secrets-server.ts";

const TTL_SECONDS = 300;
let stored: string | undefined;
let reads = 0;
let now = 0;
let server: LoopbackServer;
let client: SecretsManagerClient;

const read = () => {
  reads += 1;
  if (stored === undefined) throw new Error("out of order");
  return stored;
};

beforeAll(async () => {
  server = await startSecretsServer(
    new Map([
      ["workflows", { read }],
      ["webhook-key", { read }],
    ]),
  );
  client = new SecretsManagerClient({
    endpoint: server.url,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await server.close();
});
beforeEach(() => {
  stored = '{"SLACK_URL":"https://hooks.example","API_KEY":"k-1"}';
  reads = 0;
  now = 1_000;
});

const open = (
  ids: { workflowSecretId?: string; webhookKeyId?: string } = { workflowSecretId: "workflows" },
) => createSecretsManager({ client, ...ids, ttlSeconds: TTL_SECONDS, clock: { now: () => now } });

describe("secrets in Secrets Manager", () => {
  test("names and values are read once, however many ask at once, and again after the time to live", async () => {
    const secrets = open();
    const all = await Promise.all(Array.from({ length: 20 }, () => secrets.workflowSecrets()));
    for (const values of all) expect(values).toEqual({ SLACK_URL: "https://hooks.example", API_KEY: "k-1" });
    now += TTL_SECONDS * 1000 - 1;
    await secrets.workflowSecrets();
    expect(reads).toBe(1);
    stored = '{"API_KEY":"k-2"}';
    now += 1;
    expect(await secrets.workflowSecrets()).toEqual({ API_KEY: "k-2" });
    expect(reads).toBe(2);
  });

  test("the source is asked again after a provider refused a secret", async () => {
    const secrets = open();
    await secrets.workflowSecrets();
    stored = '{"API_KEY":"k-2"}';
    secrets.forget();
    expect(await secrets.workflowSecrets()).toEqual({ API_KEY: "k-2" });
  });

  test("a read that was under way when the cache was told to forget is not kept", async () => {
    const secrets = open();
    const early = secrets.workflowSecrets();
    secrets.forget();
    await Promise.all([early, secrets.workflowSecrets()]);
    expect(reads).toBe(2);
  });

  test("a failed read is told to all who wait and is not kept", async () => {
    const secrets = open();
    stored = undefined;
    const failed = await Promise.allSettled([secrets.workflowSecrets(), secrets.workflowSecrets()]);
    for (const result of failed)
      expect(result).toMatchObject({ status: "rejected", reason: { class: "server_error" } });
    expect(reads).toBe(1);
    stored = "{}";
    expect(await secrets.workflowSecrets()).toEqual({});
  });

  test("the webhook key comes with the one before it, newest first", async () => {
    const secrets = open({ webhookKeyId: "webhook-key" });
    stored = '{"current":"new","previous":"old"}';
    expect(await secrets.webhookKeys("orders")).toEqual(["new", "old"]);
    stored = '{"current":"new"}';
    secrets.forget();
    expect(await secrets.webhookKeys("orders")).toEqual(["new"]);
  });

  test("a workflow's own key comes before those of the stage, with the one before it until its time is over", async () => {
    const until = new Date(now + 60_000).toISOString();
    stored = JSON.stringify({
      current: "stage",
      "workflow.orders": "own",
      "workflow.orders.previous": "stage",
      "workflow.orders.until": until,
    });
    const secrets = open({ webhookKeyId: "webhook-key" });
    expect(await secrets.webhookKeys("orders")).toEqual(["own", "stage"]);
    expect(await secrets.webhookKeys("others")).toEqual(["stage"]);
    now += 60_000;
    expect(await secrets.webhookKeys("orders")).toEqual(["own"]);
  });

  test("a webhook key without a current value is a configuration error", async () => {
    stored = '{"previous":"old"}';
    await expect(open({ webhookKeyId: "webhook-key" }).webhookKeys("orders")).rejects.toMatchObject({
      class: "config_error",
      message: expect.stringContaining('secret webhook-key has no "current"'),
    });
  });

  test.each([
    ["hunter2 is no JSON", /secret workflows is not JSON/],
    ['["hunter2"]', /secret workflows is not a JSON object/],
    ['{"API_KEY":{"value":"hunter2"}}', /secret workflows holds a value that is no text under "API_KEY"/],
  ])(
    "content that is no object of texts is a configuration error that does not show it: %s",
    async (content, message) => {
      stored = content;
      const error = await open()
        .workflowSecrets()
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ class: "config_error", message: expect.stringMatching(message) });
      expect(`${(error as Error).message} ${JSON.stringify(error)} ${(error as Error).cause}`).not.toContain(
        "hunter2",
      );
    },
  );

  test("a secret that is not there, or whose id nobody gave, is a configuration error", async () => {
    await expect(open({ workflowSecretId: "missing" }).workflowSecrets()).rejects.toMatchObject({
      class: "config_error",
      message: expect.stringContaining("secret missing cannot be read"),
    });
    await expect(open({}).workflowSecrets()).rejects.toMatchObject({ class: "config_error" });
  });
});
