import { describe } from "@jest/globals";
import { createDynamoSchedules } from "../../lib/adapters/dynamo/dynamo-schedules.ts";
import { createMemorySchedules } from "../../lib/adapters/memory/memory-schedules.ts";
import { clientOfTable, quietTable } from "../support/simulated-dynamodb.ts";
import { schedulesContract } from "./schedules-contract.ts";

describe("in memory", () => {
  schedulesContract(async () => createMemorySchedules());
});

describe("in a table", () => {
  schedulesContract(async () =>
    createDynamoSchedules({ client: clientOfTable(quietTable()), table: "test" }),
  );
});
