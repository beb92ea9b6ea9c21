import { randomBytes } from "node:crypto";
import { type DynamoDBClient, ScanCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createDynamoCache } from "../../lib/adapters/dynamo/dynamo-cache.ts";
import { createMemoryCache } from "../../lib/adapters/memory/memory-cache.ts";
import type { CacheClaim } from "../../lib/core/ports/cache.ts";
import { type Dynalite, startDynalite } from "../support/dynalite.ts";
import { loseAnswers } from "../support/lost-answers.ts";
import { NOON } from "../support/sample-run.ts";
import { cacheContract } from "./cache-contract.ts";

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await startDynalite();
});
afterAll(() => dynalite.stop());

cacheContract("a cache in memory", async () => createMemoryCache());
cacheContract("a cache in DynamoDB", async () =>
  createDynamoCache({ client: dynalite.client(), table: await dynalite.createTable() }),
);

const claim = (owner: string): CacheClaim => ({
  owner,
  now: NOON,
  leaseUntil: NOON + 60_000,
  staleAt: NOON - 600_000,
});
const entry = (output: string) => ({ owner: "a", result: { output }, storedAt: NOON, ttlSeconds: 600 });

async function onTable(client: DynamoDBClient) {
  const table = await dynalite.createTable();
  const items = async () => (await client.send(new ScanCommand({ TableName: table }))).Items ?? [];
  return { table, items, cache: createDynamoCache({ client, table }) };
}

describe("in the table", () => {
  test("large results lie in chunks that no item limit refuses and that outlive what refers to them", async () => {
    const { cache, items } = await onTable(dynalite.client());
    const output = randomBytes(700_000).toString("base64");
    await cache.claim("k", claim("a"));
    await cache.store("k", entry(output));
    expect(await cache.claim("k", claim("b"))).toMatchObject({ kind: "hit", result: { output } });
    const all = await items();
    const expiry = (sk: RegExp) =>
      all.filter((one) => sk.test(one.sk?.S ?? "")).map((one) => Number(one.expires_at?.N));
    expect(all.every((one) => one.pk?.S === "cache#k")).toBe(true);
    expect(expiry(/^cache$/)).toEqual([NOON / 1000 + 600]);
    expect(expiry(/^blob#/).length).toBeGreaterThan(1);
    for (const one of expiry(/^blob#/)) expect(one).toBe(NOON / 1000 + 600 + 86_400);
  });

  test.each([
    ["of a later layout", "SET v = :x", { ":x": { N: "9" } }],
    ["whose bytes are damaged", "SET #r = :x", { ":x": { B: Buffer.from([7, 7]) } }],
  ])("a result %s is none: it is computed anew and replaced", async (_about, change, values) => {
    const client = dynalite.client();
    const { cache, table } = await onTable(client);
    await cache.claim("k", claim("a"));
    await cache.store("k", entry("old"));
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: "cache#k" }, sk: { S: "cache" } },
        UpdateExpression: change,
        ExpressionAttributeValues: values,
        ...(change.includes("#r") && { ExpressionAttributeNames: { "#r": "result" } }),
      }),
    );
    expect(await cache.claim("k", claim("b"))).toEqual({ kind: "claimed" });
    await cache.store("k", { ...entry("new"), owner: "b" });
    expect(await cache.claim("k", claim("c"))).toMatchObject({ kind: "hit", result: { output: "new" } });
  });

  test.each(["wire", "call"] as const)(
    "a claim whose answer got lost (%s) is the asker's when repeated",
    async (where) => {
      const client = dynalite.client();
      const { cache } = await onTable(client);
      const answers = loseAnswers(client, where);
      answers.loseNext();
      const first = cache.claim("k", claim("a"));
      if (where === "call") await expect(first).rejects.toMatchObject({ class: "connection" });
      else await first;
      expect(answers.wasLost()).toBe(true);
      expect(await cache.claim("k", claim("a"))).toEqual({ kind: "claimed" });
      expect(await cache.claim("k", claim("b"))).toMatchObject({ kind: "held" });
    },
  );

  test("a result whose stored answer got lost is kept", async () => {
    const client = dynalite.client();
    const { cache } = await onTable(client);
    await cache.claim("k", claim("a"));
    loseAnswers(client, "wire").loseNext();
    await cache.store("k", entry("kept"));
    expect(await cache.claim("k", claim("b"))).toMatchObject({ kind: "hit", result: { output: "kept" } });
  });
});
