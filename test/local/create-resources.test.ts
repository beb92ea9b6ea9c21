import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import dynalite from "dynalite";
import { createTable } from "../../lib/adapters/dynamo/table.ts";
import { createTableIfAbsent } from "../../lib/local/create-resources.ts";

const server = dynalite({ createTableMs: 50 });
let client: DynamoDBClient;

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "local",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
});
afterAll(() => {
  client.destroy();
  server.close();
});

test("the stage's table can be used as soon as it is created, though the server takes a moment; again is no error", async () => {
  await createTableIfAbsent(client);
  const table = createTable({ client, table: "hookline-local" });
  expect(await table.get({ pk: "none", sk: "none" })).toBeUndefined();
  await createTableIfAbsent(client);
});
