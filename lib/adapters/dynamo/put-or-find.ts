import { type Item, type Key, keyAttributes } from "./item.ts";
import type { Expression, Table } from "./table.ts";

/**
 * Stores an item where the condition holds, else gives what stands in its place. Between the refusal and the look, DynamoDB may delete
 * what has expired: then it is tried again, and "gone" after so many tries.
 */
export async function putOrFind(
  table: Table,
  key: Key,
  attributes: Item,
  isFree: Expression,
  tries: number,
): Promise<Item | "stored" | "gone"> {
  const item = { ...keyAttributes(key), ...attributes };
  for (let tried = 0; tried < tries; tried++) {
    if (await table.putIf(item, isFree)) return "stored";
    const taken = await table.get(key);
    if (taken) return taken;
  }
  return "gone";
}
