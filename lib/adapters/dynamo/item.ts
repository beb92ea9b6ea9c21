import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { excerpt } from "../../core/excerpt.ts";
import { FlowError } from "../../core/flow-error.ts";
import { isObject } from "../../core/json.ts";

/** An item of the table as the low-level client gives it. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** Primary key of an item. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

// Version of the items' layout, in every item; a reader refuses any other.
const LAYOUT = 1;
// What was found may be of any size, and is told in the run's item.
const LONGEST_WORD = 1_000;

/** An attribute that holds text. */
export function text(value: string): AttributeValue {
  return { S: value };
}

/** An attribute that holds a number. */
export function number(value: number): AttributeValue {
  return { N: String(value) };
}

/** The version every item carries in `v`. */
export const layoutVersion = number(LAYOUT);

/** The key attributes of an item and the version of its layout. */
export function keyAttributes({ pk, sk }: Key): Item {
  return { pk: text(pk), sk: text(sk), v: layoutVersion };
}

/** The primary key alone, as requests take it. */
export function keyOf({ pk, sk }: Key): Record<string, AttributeValue> {
  return { pk: text(pk), sk: text(sk) };
}

/** What a damaged item is reported as: FlowError `internal`, final, with the item's key. */
export function damaged(item: Item, what: string): FlowError {
  const place = `${item.pk?.S ?? "?"} / ${item.sk?.S ?? "?"}`;
  return new FlowError("internal", `stored item ${place} ${excerpt(what, LONGEST_WORD)}`, {
    final: true,
    details: { item: place },
  });
}

/** True for what {@link damaged} made. */
export function isDamage(thrown: unknown): thrown is FlowError {
  return thrown instanceof FlowError && isObject(thrown.details) && thrown.details.item !== undefined;
}

/** What `read` gives, or, for a damaged item, what `otherwise` makes of that. */
export async function unlessDamaged<T, U>(
  read: () => T | Promise<T>,
  otherwise: (damage: FlowError) => U | Promise<U>,
): Promise<T | U> {
  try {
    return await read();
  } catch (thrown) {
    if (isDamage(thrown)) return otherwise(thrown);
    throw thrown;
  }
}

/** @throws FlowError `internal` for an item whose layout this code does not know. */
export function checkLayout(item: Item): void {
  if (item.v?.N === String(LAYOUT)) return;
  const found = item.v === undefined ? "no layout version" : `layout version ${JSON.stringify(item.v)}`;
  throw damaged(item, `has ${found}; this code reads version ${LAYOUT}`);
}

/** The text of an attribute. @throws FlowError `internal` when it holds none. */
export function readText(item: Item, name: string): string {
  const value = item[name]?.S;
  if (value === undefined) throw damaged(item, `has no text in "${name}"`);
  return value;
}

/** The number of an attribute. @throws FlowError `internal` when it holds none. */
export function readNumber(item: Item, name: string): number {
  const value = Number(item[name]?.N ?? Number.NaN);
  if (Number.isNaN(value)) throw damaged(item, `has no number in "${name}"`);
  return value;
}

/** A truth value. @throws FlowError `internal` for anything else. */
export function readBoolean(item: Item, name: string): boolean {
  const value = item[name]?.BOOL;
  if (value === undefined) throw damaged(item, `has neither true nor false in "${name}"`);
  return value;
}

/** The elements of a list. @throws FlowError `internal` for anything else. */
export function readList(item: Item, name: string): readonly AttributeValue[] {
  const value = item[name]?.L;
  if (value === undefined) throw damaged(item, `has no list in "${name}"`);
  return value;
}

/** A truth value that counts as false where it is missing. @throws FlowError `internal` for anything else. */
export function readFlag(item: Item, name: string): boolean {
  return item[name] !== undefined && readBoolean(item, name);
}

/** The number of an attribute that may be missing. @throws FlowError `internal` when it holds something else. */
export function readOptionalNumber(item: Item, name: string): number | undefined {
  return item[name] === undefined ? undefined : readNumber(item, name);
}
