import * as z from "zod";
import { FlowError } from "../../core/flow-error.ts";
import type { Json } from "../../core/json.ts";
import type { SalesforceRecords } from "../../core/ports/salesforce.ts";
import { anyJson } from "../../core/schema.ts";
import type { Rest } from "./rest.ts";

// Salesforce takes addresses of 16,384 bytes, host and path included.
const MAX_ADDRESS_BYTES = 16_000;

const page = z.object({
  totalSize: z.number(),
  done: z.boolean(),
  records: z.array(anyJson),
  // A path of the same organization: the session goes nowhere else.
  nextRecordsUrl: z
    .string()
    .regex(/^\/services\/data\//)
    .nullish(),
});

/** The records of a query, page after page, at most `maxRecords`. `path` is the query resource's. */
export async function queryPages(
  rest: Rest,
  path: string,
  soql: string,
  maxRecords: number,
): Promise<SalesforceRecords> {
  const records: Json[] = [];
  let next: string | undefined = addressOf(path, soql);
  let totalSize = 0;
  while (next !== undefined && records.length < maxRecords) {
    const { success, data } = page.safeParse(await rest({ method: "GET", path: next }));
    if (!success) throw new FlowError("invalid_output", "Salesforce answered a query with what is no page");
    for (const record of data.records) records.push(record);
    totalSize = data.totalSize;
    next = data.done ? undefined : (data.nextRecordsUrl ?? undefined);
  }
  return {
    totalSize,
    done: next === undefined && records.length <= maxRecords,
    records: records.slice(0, maxRecords),
  };
}

function addressOf(path: string, soql: string): string {
  const address = `${path}?q=${encodeURIComponent(soql.toWellFormed())}`;
  if (address.length <= MAX_ADDRESS_BYTES) return address;
  throw new FlowError(
    "invalid_input",
    `the query is ${address.length} bytes as an address, Salesforce takes ${MAX_ADDRESS_BYTES}: ask in parts, e.g. with for_each over shorter lists`,
  );
}
