import { afterAll, beforeAll, describe } from "@jest/globals";
import { createDynamoTurns } from "../../lib/adapters/dynamo/dynamo-turns.ts";
import { createMemoryTurns } from "../../lib/adapters/memory/memory-turns.ts";
import { type Dynalite, startDynalite } from "../support/dynalite.ts";
import { clientOfTable, quietTable } from "../support/simulated-dynamodb.ts";
import { turnsContract } from "./turns-contract.ts";

describe("turns in memory", () => {
  turnsContract(async () => createMemoryTurns());
});

describe("turns in a table", () => {
  turnsContract(async () => createDynamoTurns({ client: clientOfTable(quietTable()), table: "test" }));
});

describe("turns in a table of the local stack", () => {
  let dynalite: Dynalite;
  beforeAll(async () => {
    dynalite = await startDynalite();
  });
  afterAll(() => dynalite.stop());
  turnsContract(async () =>
    createDynamoTurns({ client: dynalite.client(), table: await dynalite.createTable() }),
  );
});
