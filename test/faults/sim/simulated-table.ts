import {
  type AttributeValue,
  type BatchGetItemCommandInput,
  type BatchWriteItemCommandInput,
  ConditionalCheckFailedException,
  type CreateTableCommandInput,
  type DeleteItemCommandInput,
  type GetItemCommandInput,
  type PutItemCommandInput,
  type QueryCommandInput,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { itemBytes } from "../../support/item-bytes.ts";
import { changed, compare, holds, type Item, nameOf } from "./evaluate.ts";
import { type Condition, parseCondition, parseUpdate, type References } from "./expression.ts";
import { createLaggingIndex, type LaggingIndex } from "./lagging-index.ts";
import type { ServiceRequest } from "./service-request.ts";

/** A write of one item, or its deletion by TTL. */
export interface TableWrite {
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  readonly byTtl: boolean;
}

/** What a simulated table lacks to be a place of its own. */
export interface SimulatedTableOptions {
  readonly definition: CreateTableCommandInput;
  now(): number;
  /** How long a write takes to reach an index. */
  lagMs(): number;
  /** How long after its expiry an item is deleted. */
  ttlLagMs(): number;
  /** What a batch leaves undone, of so many. */
  undone(count: number): number;
  watch(write: TableWrite): void;
}

/** One table of DynamoDB in memory: strongly consistent, with indexes that lag behind, and the service's limits. */
export interface SimulatedTable {
  /** The answer to a request. @throws what the service answers instead. */
  perform(request: ServiceRequest): object;
  /** Every item that is there. */
  items(): readonly Item[];
}

// Service quotas of DynamoDB.
const MOST_ITEM_BYTES = 400 * 1024;
const MOST_BATCH_BYTES = 16 * 1024 * 1024;
const MOST_READ = 100;
const MOST_WRITTEN = 25;
const MOST_EXPRESSION_BYTES = 4 * 1024;
const PAGE_BYTES = 1024 * 1024;

interface Stored {
  readonly item: Item;
  /** When TTL deletes it, if it has an expiry. */
  readonly goneAt: number;
}

/** Makes an empty table. */
export function createSimulatedTable(options: SimulatedTableOptions): SimulatedTable {
  const { definition, now, watch } = options;
  const partitions = new Map<string, Map<string, Stored>>();
  const indexes = new Map<string, LaggingIndex>();
  for (const index of definition.GlobalSecondaryIndexes ?? [])
    indexes.set(index.IndexName ?? "", createLaggingIndex(index, options));

  const store = (key: Key, item: Item | undefined, byTtl = false): void => {
    const partition = partitions.get(key.pk) ?? new Map<string, Stored>();
    const before = partition.get(key.sk)?.item;
    partitions.set(key.pk, partition);
    if (item === undefined) partition.delete(key.sk);
    else {
      checkItem(item, definition);
      const expiry = item.expires_at?.N;
      const goneAt =
        expiry === undefined ? Number.POSITIVE_INFINITY : Number(expiry) * 1000 + options.ttlLagMs();
      partition.set(key.sk, { item, goneAt });
    }
    for (const index of indexes.values()) index.write(`${key.pk} ${key.sk}`, item);
    watch({ before, after: item, byTtl });
  };
  const load = (key: Key): Item | undefined => {
    const stored = partitions.get(key.pk)?.get(key.sk);
    if (!stored || stored.goneAt > now()) return stored?.item;
    store(key, undefined, true);
    return undefined;
  };
  const checked = (item: Item | undefined, condition: string | undefined, references: References): void => {
    if (condition === undefined || holds(parseCondition(condition), item ?? {}, references)) return;
    throw new ConditionalCheckFailedException({
      message: "The conditional request failed",
      $metadata: { httpStatusCode: 400 },
    });
  };

  const update = (input: UpdateItemCommandInput) => {
    const key = keyOf(input.Key);
    const references = referencesOf(input, input.UpdateExpression, input.ConditionExpression);
    const before = load(key);
    checked(before, input.ConditionExpression, references);
    const changes = parseUpdate(input.UpdateExpression ?? "");
    const paths = changes.map(({ path }) => nameOf(path, references));
    if (new Set(paths).size < paths.length) throw invalid("Two document paths overlap with each other");
    if (paths.includes("pk") || paths.includes("sk")) throw invalid("This attribute is part of the key");
    const after = valid(() => changed(changes, before ?? { ...(input.Key as Item) }, references));
    store(key, after);
    return input.ReturnValues === "ALL_NEW" ? { Attributes: after } : {};
  };
  const query = (input: QueryCommandInput) => {
    const references = referencesOf(
      input,
      input.KeyConditionExpression,
      input.FilterExpression,
      input.ProjectionExpression,
    );
    const index = input.IndexName === undefined ? undefined : indexes.get(input.IndexName);
    if (input.IndexName !== undefined && !index) throw invalid(`no index ${input.IndexName}`);
    if (index && input.ConsistentRead)
      throw invalid("Consistent reads are not supported on global secondary indexes");
    const where = parseCondition(input.KeyConditionExpression ?? "");
    const [hash, range] = keyNames(input.IndexName, definition);
    const partition = partitionOf(where, hash, references);
    const found = index
      ? index.entries().filter((entry) => entry[hash]?.S === partition)
      : [...(partitions.get(partition)?.keys() ?? [])]
          .map((sk) => load({ pk: partition, sk }))
          .filter((item) => item !== undefined);
    return pageOf(
      found.filter((item) => holds(where, item, references)),
      [range, "pk", "sk"],
      input,
      references,
    );
  };

  const answers: Record<string, (input: never) => object> = {
    GetItemCommand: (input: GetItemCommandInput) => {
      const item = load(keyOf(input.Key));
      return item ? { Item: item } : {};
    },
    PutItemCommand: (input: PutItemCommandInput) => {
      const item = input.Item as Item;
      const key = keyOf(item);
      checked(load(key), input.ConditionExpression, referencesOf(input, input.ConditionExpression));
      store(key, item);
      return {};
    },
    UpdateItemCommand: update,
    DeleteItemCommand: (input: DeleteItemCommandInput) => {
      const key = keyOf(input.Key);
      const before = load(key);
      checked(before, input.ConditionExpression, referencesOf(input, input.ConditionExpression));
      if (before) store(key, undefined);
      return input.ReturnValues === "ALL_OLD" && before ? { Attributes: before } : {};
    },
    QueryCommand: query,
    BatchGetItemCommand: (input: BatchGetItemCommandInput) => {
      const [[table, asked] = ["", {}]] = Object.entries(input.RequestItems ?? {});
      const {
        Keys: keys = [],
        ProjectionExpression: projection,
        ...rest
      } = asked as NonNullable<BatchGetItemCommandInput["RequestItems"]>[string];
      const references = referencesOf(rest, projection);
      checkBatch(keys.map(keyOf), MOST_READ);
      const kept = keys.length - options.undone(keys.length);
      const found = keys
        .slice(0, kept)
        .map((key) => load(keyOf(key)))
        .filter((item) => item !== undefined);
      return {
        Responses: { [table]: projected(found, projection, references) },
        UnprocessedKeys: kept < keys.length ? { [table]: { ...asked, Keys: keys.slice(kept) } } : {},
      };
    },
    BatchWriteItemCommand: (input: BatchWriteItemCommandInput) => {
      const [[table, requests = []] = ["", []]] = Object.entries(input.RequestItems ?? {});
      const keys = requests.map(({ PutRequest, DeleteRequest }) =>
        keyOf(PutRequest?.Item ?? DeleteRequest?.Key),
      );
      checkBatch(keys, MOST_WRITTEN);
      const bytes = requests.reduce((sum, { PutRequest }) => sum + itemBytes(PutRequest?.Item ?? {}), 0);
      if (bytes > MOST_BATCH_BYTES) throw invalid(`a batch of ${bytes} bytes`);
      const kept = requests.length - options.undone(requests.length);
      for (const [at, { PutRequest }] of requests.slice(0, kept).entries())
        store(keys[at] as Key, PutRequest?.Item);
      return { UnprocessedItems: kept < requests.length ? { [table]: requests.slice(kept) } : {} };
    },
  };

  return {
    perform({ name, input }) {
      const answer = answers[name];
      if (!answer) throw invalid(`${name} is not simulated`);
      return { $metadata: {}, ...answer(input as never) };
    },
    items: () =>
      [...partitions.values()].flatMap((partition) => [...partition.values()].map(({ item }) => item)),
  };
}

/** A request that the service would refuse whenever it came: a fault of whoever sends it. */
export function invalid(message: string): Error {
  return Object.assign(new Error(message), {
    name: "ValidationException",
    $metadata: { httpStatusCode: 400 },
  });
}

interface Key {
  readonly pk: string;
  readonly sk: string;
}

function valid<T>(make: () => T): T {
  try {
    return make();
  } catch (thrown) {
    throw invalid(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function keyOf(item: Readonly<Record<string, AttributeValue>> | undefined): Key {
  const [pk, sk] = [item?.pk?.S, item?.sk?.S];
  if (!pk || !sk) throw invalid("a key attribute is missing or empty");
  return { pk, sk };
}

/** Every name and value that is given must be used, and every one that is used must be given. */
function referencesOf(
  given: {
    readonly ExpressionAttributeNames?: Record<string, string> | undefined;
    readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
  },
  ...expressions: readonly (string | undefined)[]
): References {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = given;
  const text = expressions.filter((one) => one !== undefined).join(" ");
  if (Buffer.byteLength(text) > MOST_EXPRESSION_BYTES) throw invalid("an expression is longer than 4 KB");
  const used = new Set(text.match(/[#:]\w+/g));
  const known = new Set([...Object.keys(names), ...Object.keys(values)]);
  for (const one of known) if (!used.has(one)) throw invalid(`${one} is unused in expressions`);
  for (const one of used) if (!known.has(one)) throw invalid(`${one} is not defined`);
  checkNumbers(values);
  return { names, values };
}

function checkItem(item: Item, { AttributeDefinitions: attributes = [] }: CreateTableCommandInput): void {
  const bytes = itemBytes(item);
  if (bytes > MOST_ITEM_BYTES) throw invalid(`an item of ${bytes} bytes, more than 400 KB`);
  checkNumbers(item);
  for (const { AttributeName: name = "", AttributeType: type = "S" } of attributes)
    if (item[name] !== undefined && !(type in item[name]))
      throw invalid(`the key ${name} of an index is no ${type}`);
}

function checkNumbers(values: Readonly<Record<string, AttributeValue>>): void {
  for (const [name, { N: digits }] of Object.entries(values))
    if (digits !== undefined && !Number.isFinite(Number(digits)))
      throw invalid(`"${digits}" in ${name} is no number`);
}

function checkBatch(keys: readonly Key[], most: number): void {
  if (keys.length === 0 || keys.length > most) throw invalid(`a batch of ${keys.length}`);
  const different = new Set(keys.map(({ pk, sk }) => `${pk} ${sk}`));
  if (different.size < keys.length) throw invalid("Provided list of item keys contains duplicates");
}

function keyNames(index: string | undefined, definition: CreateTableCommandInput): [string, string] {
  const { KeySchema: keys = [] } =
    definition.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === index) ?? definition;
  return [keys[0]?.AttributeName ?? "", keys[1]?.AttributeName ?? ""];
}

/** The partition that a key condition names. */
function partitionOf(where: Condition, hash: string, references: References): string {
  const parts = where.kind === "all" ? where.parts : [where];
  for (const part of parts) {
    if (part.kind !== "holds" || part.name !== "=") continue;
    const [path, value] = part.given;
    if (path?.kind !== "path" || nameOf(path.name, references) !== hash) continue;
    return references.values[value?.kind === "value" ? value.name : ""]?.S ?? "";
  }
  throw invalid(`Query condition missed key schema element: ${hash}`);
}

function pageOf(
  found: readonly Item[],
  order: readonly string[],
  input: QueryCommandInput,
  references: References,
) {
  const backwards = input.ScanIndexForward === false ? -1 : 1;
  const byKey = (a: Item, b: Item) => {
    for (const name of order) {
      const [left, right] = [a[name], b[name]];
      const first = left && right ? (compare(left, right) ?? 0) : 0;
      if (first !== 0) return first * backwards;
    }
    return 0;
  };
  const from = input.ExclusiveStartKey;
  const rest = found.toSorted(byKey).filter((item) => from === undefined || byKey(item, from) > 0);
  let bytes = 0;
  const page: Item[] = [];
  for (const item of rest) {
    bytes += itemBytes(item);
    if (page.length === input.Limit || (bytes > PAGE_BYTES && page.length > 0)) break;
    page.push(item);
  }
  const last = page.at(-1);
  const filter = input.FilterExpression === undefined ? undefined : parseCondition(input.FilterExpression);
  const kept = filter ? page.filter((item) => holds(filter, item, references)) : page;
  return {
    Items: projected(kept, input.ProjectionExpression, references),
    ...(last && (page.length < rest.length || page.length === input.Limit) && { LastEvaluatedKey: last }),
  };
}

/** Items with the attributes that a projection names. */
function projected(
  items: readonly Item[],
  projection: string | undefined,
  references: References,
): readonly Item[] {
  if (projection === undefined) return items;
  const names = projection.split(",").map((name) => nameOf(name.trim(), references));
  return items.map((item) =>
    Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name))),
  );
}
