import { afterAll, beforeAll } from "@jest/globals";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import { createMemoryRunStore } from "../../lib/adapters/memory/memory-run-store.ts";
import { type Dynalite, startDynalite } from "../support/dynalite.ts";
import { loopContract } from "./loop-contract.ts";
import { operatorContract } from "./operator-contract.ts";
import { type OpenRunStore, runStoreContract } from "./run-store-contract.ts";

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await startDynalite();
});
afterAll(() => dynalite.stop());

const inMemory: OpenRunStore = async (now) => createMemoryRunStore({ now });
const inDynamoDb: OpenRunStore = async (now) =>
  createDynamoRunStore({ client: dynalite.client(), table: await dynalite.createTable(), now });

runStoreContract("a run store in memory", inMemory);
runStoreContract("a run store in DynamoDB", inDynamoDb);
operatorContract("what operators need of a run store in memory", inMemory);
operatorContract("what operators need of a run store in DynamoDB", inDynamoDb);
loopContract("what a run store in memory keeps of loops", inMemory);
loopContract("what a run store in DynamoDB keeps of loops", inDynamoDb);
