import { describe } from "@jest/globals";
import { createDynamoDeliveries } from "../../lib/adapters/dynamo/deliveries.ts";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import { createMemoryDeliveries } from "../../lib/adapters/memory/memory-deliveries.ts";
import { createMemoryRunStore } from "../../lib/adapters/memory/memory-run-store.ts";
import { NOON } from "../support/sample-run.ts";
import { clientOfTable, quietTable } from "../support/simulated-dynamodb.ts";
import { deliveriesContract } from "./deliveries-contract.ts";

const now = () => NOON;

describe("deliveries in memory", () => {
  deliveriesContract(async () => {
    const runs = createMemoryRunStore({ now });
    return { runs, deliveries: createMemoryDeliveries(runs) };
  });
});

describe("deliveries in a table", () => {
  deliveriesContract(async () => {
    const place = { client: clientOfTable(quietTable()), table: "test" };
    return { runs: createDynamoRunStore({ ...place, now }), deliveries: createDynamoDeliveries(place) };
  });
});
