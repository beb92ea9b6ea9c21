import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { startChildServer } from "../../lib/local/child-server.ts";
import { createTable } from "../../lib/local/create-resources.ts";

/** A DynamoDB-compatible server in a process of its own, its data in memory. */
export interface Dynalite {
  readonly url: string;
  /** A client of its own, so that a test may put middleware into it. */
  client(): DynamoDBClient;
  /** Creates an empty table of the product and gives its name. */
  createTable(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts dynalite on a free port of loopback. */
export async function startDynalite(): Promise<Dynalite> {
  const script = new URL("../../lib/local/dynamodb-child.ts", import.meta.url);
  const server = await startChildServer({ name: "table store", script, log: () => {} });
  const clients: DynamoDBClient[] = [];
  let tables = 0;
  const client = () => {
    const made = new DynamoDBClient({
      endpoint: server.url,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    clients.push(made);
    return made;
  };
  const admin = client();
  return {
    url: server.url,
    client,
    async createTable() {
      tables += 1;
      const name = `table-${tables}`;
      await createTable(admin, name);
      return name;
    },
    async stop() {
      for (const made of clients) made.destroy();
      await server.close();
    },
  };
}
