import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import type { Item } from "../../lib/adapters/dynamo/item.ts";

/** What lies in a table, as it lies there: to be looked at and to be damaged. */
export interface StoredItems {
  of(pk: string): Promise<readonly Item[]>;
  put(item: Item): Promise<void>;
  remove(item: Item): Promise<void>;
  /** Changes attributes of an item; undefined removes one. */
  change(
    pk: string,
    sk: string,
    changes: { readonly [name: string]: AttributeValue | undefined },
  ): Promise<void>;
}

/** The items of a table. */
export function storedItems(client: DynamoDBClient, table: string): StoredItems {
  const items: StoredItems = {
    async of(pk) {
      const query = {
        TableName: table,
        KeyConditionExpression: "#pk = :pk",
        ExpressionAttributeNames: { "#pk": "pk" },
        ExpressionAttributeValues: { ":pk": { S: pk } },
      };
      return (await client.send(new QueryCommand(query))).Items ?? [];
    },
    async put(item) {
      await client.send(new PutItemCommand({ TableName: table, Item: item }));
    },
    async remove({ pk, sk }) {
      const Key = { pk, sk } as Record<string, AttributeValue>;
      await client.send(new DeleteItemCommand({ TableName: table, Key }));
    },
    async change(pk, sk, changes) {
      const item = (await items.of(pk)).find((one) => one.sk?.S === sk);
      if (!item) throw new Error(`no item ${pk} / ${sk}`);
      const kept = Object.entries({ ...item, ...changes }).filter(([, value]) => value !== undefined);
      await items.put(Object.fromEntries(kept) as Item);
    },
  };
  return items;
}
