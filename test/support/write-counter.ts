import {
  type CreateTableCommandInput,
  type DynamoDBClient,
  GetItemCommand,
  type GlobalSecondaryIndex,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { type Item, itemBytes } from "./item-bytes.ts";

/** Requests by command, and what the writes among them cost. */
export interface WriteCount {
  /** `PutItem`, `SendMessage`, … and how often each was sent. */
  readonly requests: Readonly<Record<string, number>>;
  /** Requests that write to the table, a batch counted once. */
  readonly writes: number;
  /** Write units (1 KiB of the larger state of an item each, and those of every index entry that changes). */
  readonly units: number;
  /** Reads of the table. */
  readonly reads: number;
  /** Requests to the queue. */
  readonly queue: number;
}

/** Counts what clients send. Units come from reading each written item before and after, so nothing else may write it meanwhile. */
export interface WriteCounter {
  watchTable(client: DynamoDBClient): void;
  watchQueue(client: SQSClient): void;
  count(): WriteCount;
  reset(): void;
}

const WRITES = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"];
const READS = ["GetItem", "BatchGetItem", "Query", "Scan"];
const UNIT_BYTES = 1024;

/** A counter for one table; `reader` must not be a client that is watched. */
export function createWriteCounter(
  definition: CreateTableCommandInput,
  reader: DynamoDBClient,
): WriteCounter {
  let requests: Record<string, number> = {};
  let queue = 0;
  let units = 0;
  const seen = (commandName: string | undefined) => {
    const name = (commandName ?? "?").replace(/Command$/, "");
    requests[name] = (requests[name] ?? 0) + 1;
    return name;
  };
  const read = async ({ pk, sk }: Item) => {
    const Key = { pk, sk } as Item;
    const get = new GetItemCommand({ TableName: definition.TableName, Key, ConsistentRead: true });
    return (await reader.send(get)).Item;
  };
  const sum = (names: readonly string[]) => names.reduce((total, name) => total + (requests[name] ?? 0), 0);

  return {
    watchTable(client) {
      client.middlewareStack.add(
        (next, context) => async (args) => {
          const name = seen(context.commandName);
          if (!WRITES.includes(name)) return next(args);
          const keys = writtenKeys(args.input, definition.TableName ?? "");
          const before = await Promise.all(keys.map(read));
          try {
            return await next(args);
          } finally {
            const after = await Promise.all(keys.map(read));
            for (const [index] of keys.entries())
              units += writeUnits(definition, before[index], after[index]);
          }
        },
        { step: "initialize", name: "writeCounter" },
      );
    },
    watchQueue(client) {
      client.middlewareStack.add(
        (next, context) => (args) => {
          seen(context.commandName);
          queue += 1;
          return next(args);
        },
        { step: "initialize", name: "queueCounter" },
      );
    },
    count: () => ({ requests: { ...requests }, writes: sum(WRITES), units, reads: sum(READS), queue }),
    reset() {
      requests = {};
      queue = 0;
      units = 0;
    },
  };
}

/** What one write of an item costs (DynamoDB developer guide, "Read and write capacity" and "Global secondary indexes"). */
function writeUnits(
  definition: CreateTableCommandInput,
  before: Item | undefined,
  after: Item | undefined,
): number {
  const indexes = definition.GlobalSecondaryIndexes ?? [];
  const own = Math.max(unitsOf(before), unitsOf(after), 1);
  return indexes.reduce((total, index) => total + indexUnits(definition, index, before, after), own);
}

function indexUnits(
  definition: CreateTableCommandInput,
  index: GlobalSecondaryIndex,
  before: Item | undefined,
  after: Item | undefined,
): number {
  const keys = (index.KeySchema ?? []).map(({ AttributeName }) => AttributeName ?? "");
  const tableKeys = (definition.KeySchema ?? []).map(({ AttributeName }) => AttributeName ?? "");
  const names = [...keys, ...tableKeys, ...(index.Projection?.NonKeyAttributes ?? [])];
  const [old, entry] = [before, after].map((item) => projected(item, keys, names));
  if (JSON.stringify(old) === JSON.stringify(entry)) return 0;
  const moved = old && entry && keys.some((key) => JSON.stringify(old[key]) !== JSON.stringify(entry[key]));
  return moved ? unitsOf(old) + unitsOf(entry) : Math.max(unitsOf(old), unitsOf(entry));
}

/** The index's entry of an item; an item without one of the index's keys has none. */
function projected(
  item: Item | undefined,
  keys: readonly string[],
  names: readonly string[],
): Item | undefined {
  if (!item || keys.some((key) => item[key] === undefined)) return undefined;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = item[name];
      return value ? [[name, value] as const] : [];
    }),
  );
}

function unitsOf(item: Item | undefined): number {
  return item ? Math.ceil(itemBytes(item) / UNIT_BYTES) : 0;
}

/** Input of the four writing commands, as far as it says which items they write. */
interface WriteInput {
  readonly Item?: Item;
  readonly Key?: Item;
  readonly RequestItems?: Readonly<Record<string, readonly WriteRequest[]>>;
}

function writtenKeys(input: object, table: string): readonly Item[] {
  const { Item, Key, RequestItems } = input as WriteInput;
  if (RequestItems)
    return (RequestItems[table] ?? []).flatMap(({ PutRequest, DeleteRequest }) => {
      const key = PutRequest?.Item ?? DeleteRequest?.Key;
      return key ? [key] : [];
    });
  const key = Item ?? Key;
  return key ? [key] : [];
}
