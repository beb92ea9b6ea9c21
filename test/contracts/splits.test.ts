import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "@jest/globals";
import { createDynamoSplits } from "../../lib/adapters/dynamo/dynamo-splits.ts";
import { createMemorySplits } from "../../lib/adapters/memory/memory-splits.ts";
import { NO_SPLITS, type Split, withSplit } from "../../lib/core/split.ts";
import { clientOfTable, quietTable } from "../support/simulated-dynamodb.ts";
import { splitsContract } from "./splits-contract.ts";

describe("in memory", () => {
  splitsContract(async () => createMemorySplits());
});

describe("in a table", () => {
  const open = () => {
    const client = clientOfTable(quietTable());
    return { client, splits: createDynamoSplits({ client, table: "test" }) };
  };
  splitsContract(async () => open().splits);

  test("a write that is told a second time is told to have been made: the first answer may have got lost", async () => {
    const { splits } = open();
    const split: Split = {
      version: "a".repeat(64),
      base: "b".repeat(64),
      percent: 0,
      kind: "rollback",
      at: 1,
      by: "ann",
    };
    const table = withSplit(NO_SPLITS, "lead", split);
    expect(await splits.write(table)).toBe(true);
    expect(await splits.write(table)).toBe(true);
    expect((await splits.read()).revision).toBe(1);
  });

  test.each([
    [
      "a split that is none",
      {
        splits: {
          S: JSON.stringify({
            lead: [{ version: "a", base: "b", percent: 5, kind: "rollout", at: 1, by: "x" }],
          }),
        },
        revision: { N: "1" },
        v: { N: "1" },
      },
    ],
    ["no list at all", { splits: { S: "no" }, revision: { N: "1" }, v: { N: "1" } }],
    ["no revision", { splits: { S: "{}" }, v: { N: "1" } }],
    ["another layout", { splits: { S: "{}" }, revision: { N: "1" }, v: { N: "2" } }],
  ])("an item with %s is told as damaged, and not written over", async (_about, attributes) => {
    const { client, splits } = open();
    const key = { pk: { S: "splits" }, sk: { S: "splits" } };
    await client.send(new PutItemCommand({ TableName: "test", Item: { ...key, ...attributes } }));
    await expect(splits.read()).rejects.toMatchObject({ class: "internal" });
    await expect(splits.write(NO_SPLITS)).rejects.toMatchObject({ class: "internal" });
  });
});
