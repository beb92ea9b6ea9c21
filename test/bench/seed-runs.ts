import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createBlobs } from "../../lib/adapters/dynamo/blobs.ts";
import { number, text } from "../../lib/adapters/dynamo/item.ts";
import { newRunItem } from "../../lib/adapters/dynamo/run-item.ts";
import { createStoredValues } from "../../lib/adapters/dynamo/stored-values.ts";
import { createTable } from "../../lib/adapters/dynamo/table.ts";
import { DAY_MS } from "../../lib/app/timings.ts";
import { batchesOf } from "../../lib/core/batches-of.ts";
import { tableName } from "../../lib/core/stage-names.ts";
import { LOCAL_CREDENTIALS, LOCAL_REGION, LOCAL_STAGE } from "../../lib/local/local-names.ts";
import { seededRandom } from "../../lib/testing/seeded-random.ts";
import type { RunningStack } from "./running-stack.ts";

const DAYS = 30;
const FAILS = 500;
const WRITTEN_AT_ONCE = 8;

/**
 * Writes runs of these workflows that have ended into the table of a stack, as their items: no runner makes so many in an
 * acceptable time. They are spread over 30 days; one in 500 has failed.
 */
export async function seedRuns(
  { tableEndpoint }: RunningStack,
  workflows: readonly string[],
  count: number,
): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: tableEndpoint,
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
  });
  const table = createTable({ client, table: tableName(LOCAL_STAGE) });
  const values = createStoredValues(createBlobs(table));
  const random = seededRandom(count);
  const now = Date.now();
  const body = new TextEncoder().encode('{"order":1}');
  const request = { method: "POST", path: "", query: {}, headers: {}, received_at: "", delivery_id: "" };
  const items = Array.from({ length: count }, async (_none, nth) => {
    const createdAt = now - Math.floor(random.next() * DAYS * DAY_MS);
    const item = await newRunItem(
      {
        runId: random.timeOrderedUuid(createdAt),
        workflow: workflows[nth % workflows.length] ?? "",
        hash: "0".repeat(64),
        stage: LOCAL_STAGE,
        event: { body, contentType: "application/json", request },
        createdAt,
        dueAt: now,
        expiresAt: Math.ceil((now + DAYS * DAY_MS) / 1000),
        droppedFor: "of the bench",
      },
      values,
    );
    const outcome = text(nth % FAILS === 0 ? "failed" : "succeeded");
    const error = nth % FAILS === 0 && { error_class: text("timeout"), error_message: text("no answer") };
    return { ...item, outcome, status: outcome, finished_at: number(createdAt + 100), ...error };
  });
  const batches = batchesOf(await Promise.all(items), 25);
  for (const some of batchesOf(batches, WRITTEN_AT_ONCE))
    await Promise.all(some.map((batch) => table.writeMany(batch.map((Item) => ({ PutRequest: { Item } })))));
  client.destroy();
}
