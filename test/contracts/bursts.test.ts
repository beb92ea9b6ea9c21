import { afterAll, beforeAll, describe } from "@jest/globals";
import { createDynamoBursts } from "../../lib/adapters/dynamo/dynamo-bursts.ts";
import { createMemoryBursts } from "../../lib/adapters/memory/memory-bursts.ts";
import { type Dynalite, startDynalite } from "../support/dynalite.ts";
import { clientOfTable, quietTable } from "../support/simulated-dynamodb.ts";
import { burstsContract } from "./bursts-contract.ts";

describe("bursts in memory", () => {
  burstsContract(async () => createMemoryBursts());
});

describe("bursts in a table", () => {
  burstsContract(async () => createDynamoBursts({ client: clientOfTable(quietTable()), table: "test" }));
});

describe("bursts in a table of the local stack", () => {
  let dynalite: Dynalite;
  beforeAll(async () => {
    dynalite = await startDynalite();
  });
  afterAll(() => dynalite.stop());
  burstsContract(async () =>
    createDynamoBursts({ client: dynalite.client(), table: await dynalite.createTable() }),
  );
});
