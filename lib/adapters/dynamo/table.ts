import { setTimeout as systemSleep } from "node:timers/promises";
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { batchesOf } from "../../core/batches-of.ts";
import { FlowError } from "../../core/flow-error.ts";
import { callAws } from "../aws-errors.ts";
import { type Item, type Key, keyOf } from "./item.ts";

/** An expression and its values; attributes are written `#name`, values `:name`. */
export interface Expression {
  readonly text: string;
  readonly values?: Item;
}

/** A query of the table or of one of its indexes. */
export interface TableQuery {
  readonly index?: string;
  readonly where: Expression;
  readonly filter?: Expression;
  readonly newestFirst?: true;
  /** All that is wanted of each item; default: everything. */
  readonly attributes?: readonly string[];
  /** Items that one request looks at. */
  readonly pageSize?: number;
}

/** The requests the store is made of: single-item conditional writes, queries and batches. */
export interface Table {
  /** Stores an item unless its key is taken; false when it is. */
  putNew(item: Item): Promise<boolean>;
  /** Stores an item in place of the one under its key; false when the condition does not hold. */
  putIf(item: Item, condition: Expression): Promise<boolean>;
  /** Changes an item; false when the condition does not hold. */
  update(key: Key, change: Expression, condition: Expression): Promise<boolean>;
  /** Changes an item and gives its new state; undefined when the condition does not hold. */
  updateAndGet(key: Key, change: Expression, condition: Expression): Promise<Item | undefined>;
  /** Deletes an item and gives what it was; undefined when the condition does not hold. */
  remove(key: Key, condition: Expression): Promise<Item | undefined>;
  get(key: Key): Promise<Item | undefined>;
  /** Pages of a query; consistent unless it asks an index. */
  query(query: TableQuery): AsyncGenerator<readonly Item[]>;
  /** The same, each page with the key that it ends at; without one it is the last. */
  pages(query: TableQuery): AsyncGenerator<{ readonly items: readonly Item[]; readonly end?: Item }>;
  /** Whatever exists of the keys, in no order; consistent. */
  getMany(keys: readonly Key[], attributes?: readonly string[]): Promise<readonly Item[]>;
  writeMany(requests: readonly WriteRequest[]): Promise<void>;
}

// Limits of BatchGetItem and BatchWriteItem.
const GET_BATCH = 100;
const WRITE_BATCH = 25;
// What a batch left undone is asked for again after 25 ms, 50 ms, … 3.2 s: some six seconds in all.
const BATCH_ATTEMPTS = 9;
const FIRST_PAUSE_MS = 25;

/** Which table, and how pauses between the tries of a batch are spent. */
export interface TableOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** Default: in the machine's own time. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/** Access to one table through the SDK's low-level client. Its errors are named as `callAws` does. */
export function createTable({ client, table, sleep = systemSleep }: TableOptions): Table {
  const call = <T>(doing: string, request: () => Promise<T>) => callAws(`${doing} (table ${table})`, request);

  const update = (key: Key, change: Expression, condition: Expression, returned: "NONE" | "ALL_NEW") => {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: keyOf(key),
      ReturnValues: returned,
      ...expressions(
        { UpdateExpression: change.text, ConditionExpression: condition.text },
        { ...change.values, ...condition.values },
      ),
    });
    return unlessRefused(() => call("updating an item", () => client.send(command)));
  };

  const putIf: Table["putIf"] = async (item, condition) => {
    const put = new PutItemCommand({
      TableName: table,
      Item: item,
      ...expressions({ ConditionExpression: condition.text }, condition.values),
    });
    return (await unlessRefused(() => call("storing an item", () => client.send(put)))) !== undefined;
  };

  const pages: Table["pages"] = async function* (asked) {
    const { index, where, filter, newestFirst, attributes, pageSize } = asked;
    let from: Record<string, AttributeValue> | undefined;
    do {
      const query = new QueryCommand({
        TableName: table,
        ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
        ...(newestFirst && { ScanIndexForward: false }),
        ...(pageSize !== undefined && { Limit: pageSize }),
        ...(from && { ExclusiveStartKey: from }),
        ...expressions(
          {
            KeyConditionExpression: where.text,
            ...(filter && { FilterExpression: filter.text }),
            ...(attributes && { ProjectionExpression: attributes.map(named).join(", ") }),
          },
          { ...where.values, ...filter?.values },
        ),
      });
      const page = await call("querying", () => client.send(query));
      from = page.LastEvaluatedKey;
      yield { items: page.Items ?? [], ...(from && { end: from }) };
    } while (from);
  };

  return {
    putNew: (item) => putIf(item, { text: "attribute_not_exists(#pk)" }),
    putIf,
    async update(key, change, condition) {
      return (await update(key, change, condition, "NONE")) !== undefined;
    },
    async updateAndGet(key, change, condition) {
      return (await update(key, change, condition, "ALL_NEW"))?.Attributes;
    },
    async remove(key, condition) {
      const remove = new DeleteItemCommand({
        TableName: table,
        Key: keyOf(key),
        ReturnValues: "ALL_OLD",
        ...expressions({ ConditionExpression: condition.text }, condition.values),
      });
      return (await unlessRefused(() => call("deleting an item", () => client.send(remove))))?.Attributes;
    },
    async get(key) {
      const get = new GetItemCommand({ TableName: table, Key: keyOf(key), ConsistentRead: true });
      return (await call("reading an item", () => client.send(get))).Item;
    },
    async *query(query) {
      for await (const { items } of pages(query)) yield items;
    },
    pages,
    async getMany(keys, attributes) {
      const projection =
        attributes && expressions({ ProjectionExpression: attributes.map(named).join(", ") });
      const found: Item[] = [];
      for (const batch of batchesOf(keys.map(keyOf), GET_BATCH)) {
        await untilDone(batch, sleep, async (left) => {
          const get = new BatchGetItemCommand({
            RequestItems: { [table]: { Keys: left, ConsistentRead: true, ...projection } },
          });
          const answer = await call("reading a batch", () => client.send(get));
          found.push(...(answer.Responses?.[table] ?? []));
          return answer.UnprocessedKeys?.[table]?.Keys ?? [];
        });
      }
      return found;
    },
    async writeMany(requests) {
      for (const batch of batchesOf(requests, WRITE_BATCH)) {
        await untilDone(batch, sleep, async (left) => {
          const write = new BatchWriteItemCommand({ RequestItems: { [table]: left } });
          const answer = await call("writing a batch", () => client.send(write));
          return answer.UnprocessedItems?.[table] ?? [];
        });
      }
    },
  };
}

/** The result of a conditional request, undefined when its condition did not hold. */
async function unlessRefused<T>(request: () => Promise<T>): Promise<T | undefined> {
  try {
    return await request();
  } catch (thrown) {
    if (thrown instanceof ConditionalCheckFailedException) return undefined;
    throw thrown;
  }
}

/** Expressions with the names they use: every attribute stands as `#name`, so none meets a reserved word. */
function expressions<T extends { readonly [parameter: string]: string }>(texts: T, values: Item = {}) {
  const names = Object.values(texts).flatMap((expression) => expression.match(/#\w+/g) ?? []);
  return {
    ...texts,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [name, name.slice(1)])),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

function named(attribute: string): string {
  return `#${attribute}`;
}

/** A batch that gets nothing done is throttled: it pauses, longer each time. */
async function untilDone<T>(
  batch: T[],
  sleep: (ms: number) => Promise<void>,
  attempt: (left: T[]) => Promise<T[]>,
): Promise<void> {
  let left = batch;
  for (let idle = 0; left.length > 0; ) {
    if (idle === BATCH_ATTEMPTS)
      throw new FlowError("rate_limited", `the table left ${left.length} items of a batch undone`);
    if (idle > 0) await sleep(FIRST_PAUSE_MS * 2 ** (idle - 1));
    const undone = await attempt(left);
    idle = undone.length < left.length ? 0 : idle + 1;
    left = undone;
  }
}
