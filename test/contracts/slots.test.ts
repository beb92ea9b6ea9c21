import { afterAll, beforeAll, describe } from "@jest/globals";
import { createDynamoSlots } from "../../lib/adapters/dynamo/dynamo-slots.ts";
import { createMemorySlots } from "../../lib/adapters/memory/memory-slots.ts";
import { type Dynalite, startDynalite } from "../support/dynalite.ts";
import { clientOfTable, quietTable } from "../support/simulated-dynamodb.ts";
import { slotsContract } from "./slots-contract.ts";

describe("slots in memory", () => {
  slotsContract(async () => createMemorySlots());
});

describe("slots in a table", () => {
  slotsContract(async () => createDynamoSlots({ client: clientOfTable(quietTable()), table: "test" }));
});

describe("slots in a table of the local stack", () => {
  let dynalite: Dynalite;
  beforeAll(async () => {
    dynalite = await startDynalite();
  });
  afterAll(() => dynalite.stop());
  slotsContract(async () =>
    createDynamoSlots({ client: dynalite.client(), table: await dynalite.createTable() }),
  );
});
