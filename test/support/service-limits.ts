import type { DynamoDBClient, WriteRequest } from "@aws-sdk/client-dynamodb";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { type Item, itemBytes, valueBytes } from "./item-bytes.ts";

/** The largest of what was sent: items and requests, in bytes as DynamoDB counts them. */
export interface SentSizes {
  item: number;
  batchWrite: number;
  batchWriteItems: number;
  batchGetKeys: number;
}

// Quotas of the developer guide, "Service, account, and table quotas" and the pages of the batch requests.
const LIMITS = {
  item: 400 * 1024,
  batchWrite: 16 * 1024 * 1024,
  batchWriteItems: 25,
  batchGetKeys: 100,
  expression: 4 * 1024,
  expressionValues: 2 * 1024 * 1024,
  sortKey: 1024,
  partitionKey: 2048,
} as const;

/** A request's input, as far as it is counted. */
interface Input {
  readonly TableName?: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly RequestItems?: Readonly<
    Record<string, readonly WriteRequest[] & { readonly Keys?: readonly Item[] }>
  >;
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeValues?: Item;
}

/**
 * Counts what a client sends, and fails a request that DynamoDB would not take; items that an update has made are read
 * with `reader`, which must not be watched itself.
 */
export function watchServiceLimits(client: DynamoDBClient, reader: DynamoDBClient): SentSizes {
  const sent: SentSizes = { item: 0, batchWrite: 0, batchWriteItems: 0, batchGetKeys: 0 };
  const check = (what: keyof typeof LIMITS, size: number) => {
    if (what in sent) sent[what as keyof SentSizes] = Math.max(sent[what as keyof SentSizes], size);
    if (size > LIMITS[what]) throw new Error(`${what} of ${size}, DynamoDB takes ${LIMITS[what]}`);
  };
  const checkItem = (item: Item) => {
    check("item", itemBytes(item));
    check("partitionKey", Buffer.byteLength(item.pk?.S ?? ""));
    check("sortKey", Buffer.byteLength(item.sk?.S ?? ""));
  };
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const input = args.input as Input;
        if (input.Item) checkItem(input.Item);
        for (const requests of Object.values(input.RequestItems ?? {})) {
          if (requests.Keys) check("batchGetKeys", requests.Keys.length);
          else {
            const items = requests.flatMap(({ PutRequest }) => (PutRequest?.Item ? [PutRequest.Item] : []));
            for (const item of items) checkItem(item);
            check("batchWriteItems", requests.length);
            // Bytes travel as base64.
            const total = items.reduce((sum, item) => sum + itemBytes(item), 0);
            check("batchWrite", Math.ceil((total * 4) / 3));
          }
        }
        for (const name of ["UpdateExpression", "ConditionExpression", "KeyConditionExpression"] as const)
          check("expression", Buffer.byteLength(input[name] ?? ""));
        const values = Object.values(input.ExpressionAttributeValues ?? {});
        check(
          "expressionValues",
          values.reduce((total, value) => total + valueBytes(value), 0),
        );
        const answer = await next(args);
        if (commandName === "UpdateItemCommand") {
          const get = new GetItemCommand({
            TableName: input.TableName,
            Key: input.Key,
            ConsistentRead: true,
          });
          const { Item: made } = await reader.send(get);
          if (made) checkItem(made);
        }
        return answer;
      },
    { step: "initialize", name: "serviceLimits" },
  );
  return sent;
}
