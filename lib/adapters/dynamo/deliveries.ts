import { hash } from "node:crypto";
import { FlowError } from "../../core/flow-error.ts";
import {
  type Deliveries,
  type DeliveryKey,
  type NamedRun,
  RECEIPT_OUTCOMES,
  type Receipt,
  type ReceiptQuery,
} from "../../core/ports/deliveries.ts";
import { timeOfRunId } from "../../core/run.ts";
import { deliveryAttribute, readDelivery } from "./delivery-facts.ts";
import { DAY_MS } from "./index-shards.ts";
import { damaged, type Item, type Key, keyAttributes, number, readNumber, readText, text } from "./item.ts";
import { putOrFind } from "./put-or-find.ts";
import { runIdOf, runKey } from "./run-item.ts";
import { createTable, type Table, type TableOptions } from "./table.ts";

const RECEIPT_KEPT_SECONDS = (7 * DAY_MS) / 1000;
const TRIES = 3;
// Receipts that one request looks at when a filter may leave few of them.
const FILTERED_PAGE = 500;

/** What is known of deliveries, in the table of the runs. */
export function createDynamoDeliveries(place: TableOptions): Deliveries {
  const table = createTable(place);
  return {
    name: (key, run) => nameDelivery(table, key, run),
    async named(workflows, key) {
      const items = await table.getMany(workflows.map((workflow) => nameKey(workflow, key)));
      return items.map(readNamed);
    },
    async keep(receipt) {
      await table.putNew(receiptItem(receipt));
    },
    list: (query) => listReceipts(table, query),
    async get(id, workflows) {
      const items = await table.getMany(workflows.map((workflow) => receiptKey(workflow, id)));
      return items.map(readReceipt)[0];
    },
    async factsOf(runIds) {
      const items = await table.getMany(runIds.map(runKey), ["pk", "sk", "delivery"]);
      const known = items.filter(({ delivery }) => delivery !== undefined);
      return new Map(known.map((item) => [runIdOf(item), readDelivery(item)]));
    },
  };
}

/** Keys may be of any length, and hold what does not belong into one: their hash stands for them. */
function nameKey(workflow: string, key: string): Key {
  return { pk: `dedupe#${workflow}#${hash("sha256", key)}`, sk: "dedupe" };
}

function readNamed(item: Item): NamedRun {
  return { runId: readText(item, "run_id"), createdAt: readNumber(item, "created_at") };
}

async function nameDelivery(
  table: Table,
  { workflow, key, until }: DeliveryKey,
  run: NamedRun,
): Promise<NamedRun> {
  const item = {
    run_id: text(run.runId),
    created_at: number(run.createdAt),
    until: number(until),
    expires_at: number(Math.ceil(until / 1000)),
  };
  const isFree = {
    text: "attribute_not_exists(#pk) OR #until <= :now",
    values: { ":now": number(run.createdAt) },
  };
  const found = await putOrFind(table, nameKey(workflow, key), item, isFree, TRIES);
  if (found === "gone") throw new FlowError("server_error", "the name of a delivery comes and goes");
  return found === "stored" ? run : readNamed(found);
}

/** Receipts of a workflow's day lie together, in the order of their time. */
function receiptKey(workflow: string, id: string): Key {
  return { pk: receiptPartition(workflow, timeOfRunId(id)), sk: id };
}

function receiptPartition(workflow: string, ms: number): string {
  return `delivery#${workflow}#${new Date(ms).toISOString().slice(0, 10)}`;
}

function receiptItem(receipt: Receipt): Item {
  return {
    ...keyAttributes(receiptKey(receipt.workflow, receipt.id)),
    workflow: text(receipt.workflow),
    at: number(receipt.at),
    outcome: text(receipt.outcome),
    status: number(receipt.status),
    reason: text(receipt.reason),
    ...(receipt.runId !== undefined && { run_id: text(receipt.runId) }),
    delivery: deliveryAttribute(receipt),
    expires_at: number(Math.floor(receipt.at / 1000) + RECEIPT_KEPT_SECONDS),
  };
}

function readReceipt(item: Item): Receipt {
  const outcome = RECEIPT_OUTCOMES.find((one) => one === item.outcome?.S);
  if (!outcome) throw damaged(item, `has the outcome "${item.outcome?.S}"`);
  return {
    id: readText(item, "sk"),
    workflow: readText(item, "workflow"),
    at: readNumber(item, "at"),
    outcome,
    status: readNumber(item, "status"),
    reason: readText(item, "reason"),
    ...(item.run_id && { runId: readText(item, "run_id") }),
    ...readDelivery(item),
  };
}

async function listReceipts(table: Table, query: ReceiptQuery): Promise<readonly Receipt[]> {
  const { workflows, after, since, limit } = query;
  const until = Math.min(query.until, after === undefined ? query.until : timeOfRunId(after));
  const oldest = Math.max(since, until - RECEIPT_KEPT_SECONDS * 1000);
  const found: Receipt[] = [];
  for (let day = until; day > oldest - DAY_MS && found.length < limit; day -= DAY_MS) {
    const partitions = workflows.map((workflow) => receiptPartition(workflow, day));
    const days = await Promise.all(partitions.map((partition) => receiptsOf(table, partition, query)));
    found.push(...days.flat().sort((a, b) => (a.id < b.id ? 1 : -1)));
  }
  return found.slice(0, limit);
}

async function receiptsOf(
  table: Table,
  partition: string,
  { outcome, after, since, until, limit }: ReceiptQuery,
): Promise<readonly Receipt[]> {
  const found: Receipt[] = [];
  const where = {
    text: after === undefined ? "#pk = :pk" : "#pk = :pk AND #sk < :after",
    values: { ":pk": text(partition), ...(after !== undefined && { ":after": text(after) }) },
  };
  const pageSize = outcome === undefined ? limit : Math.max(limit, FILTERED_PAGE);
  for await (const page of table.query({ where, newestFirst: true, pageSize })) {
    const asked = page
      .map(readReceipt)
      .filter(
        (one) => one.at >= since && one.at <= until && (outcome === undefined || one.outcome === outcome),
      );
    found.push(...asked);
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}
