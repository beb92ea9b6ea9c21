import { afterAll, beforeAll, describe } from "@jest/globals";
import { createDynamoPairings } from "../../lib/adapters/dynamo/dynamo-pairings.ts";
import { createMemoryPairings } from "../../lib/adapters/memory/memory-pairings.ts";
import { type Dynalite, startDynalite } from "../support/dynalite.ts";
import { clientOfTable, quietTable } from "../support/simulated-dynamodb.ts";
import { pairingsContract } from "./pairings-contract.ts";

describe("pairings in memory", () => {
  pairingsContract(async () => createMemoryPairings());
});

describe("pairings in a table", () => {
  pairingsContract(async () => createDynamoPairings({ client: clientOfTable(quietTable()), table: "test" }));
});

describe("pairings in a table of the local stack", () => {
  let dynalite: Dynalite;
  beforeAll(async () => {
    dynalite = await startDynalite();
  });
  afterAll(() => dynalite.stop());
  pairingsContract(async () =>
    createDynamoPairings({ client: dynalite.client(), table: await dynalite.createTable() }),
  );
});
