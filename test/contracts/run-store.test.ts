import { afterAll, beforeAll } from "@jest/globals";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import { createMemoryRunStore } from "../../lib/adapters/memory/memory-run-store.ts";
import { type Dynalite, startDynalite } from "../support/dynalite.ts";
import { runStoreContract } from "./run-store-contract.ts";

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await startDynalite();
});
afterAll(() => dynalite.stop());

runStoreContract("a run store in memory", async (now) => createMemoryRunStore({ now }));
runStoreContract("a run store in DynamoDB", async (now) =>
  createDynamoRunStore({ client: dynalite.client(), table: await dynalite.createTable(), now }),
);
