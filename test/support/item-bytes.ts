import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** An item as the client gives it. */
export type Item = Record<string, AttributeValue>;

/** What DynamoDB counts of an item (developer guide, "DynamoDB item sizes and formats"). */
export function itemBytes(item: Item): number {
  return Object.entries(item).reduce(
    (total, [name, value]) => total + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

/** What it counts of an attribute's value, for the types that the store writes. */
export function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.B !== undefined) return value.B.length;
  if (value.N !== undefined) return Math.ceil(value.N.replace(/\D/g, "").length / 2) + 1;
  if (value.BOOL !== undefined) return 1;
  if (value.NS !== undefined) return value.NS.reduce((total, N) => total + valueBytes({ N }) + 1, 3);
  if (value.L !== undefined) return value.L.reduce((total, member) => total + valueBytes(member) + 1, 3);
  if (value.M === undefined) throw new Error(`no size known for ${JSON.stringify(value)}`);
  return Object.entries(value.M).reduce(
    (total, [name, member]) => total + Buffer.byteLength(name) + valueBytes(member) + 1,
    3,
  );
}
