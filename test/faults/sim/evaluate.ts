import { isDeepStrictEqual } from "node:util";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Change, Condition, Operand, References } from "./expression.ts";

/** An item of the table. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** Whether an item meets a condition. An item that is not there has no attributes. */
export function holds(condition: Condition, item: Item, references: References): boolean {
  switch (condition.kind) {
    case "all":
      return condition.parts.every((part) => holds(part, item, references));
    case "any":
      return condition.parts.some((part) => holds(part, item, references));
    case "not":
      return !holds(condition.part, item, references);
    case "holds": {
      const values = condition.given.map((operand) => valueFor(operand, item, references));
      return predicateHolds(condition.name, values);
    }
  }
}

/** The item after a change; every right side reads the item as it was. @throws Error for a change that cannot be made. */
export function changed(changes: readonly Change[], item: Item, references: References): Item {
  const next: Record<string, AttributeValue> = { ...item };
  for (const change of changes) {
    const name = nameOf(change.path, references);
    const value = change.kind === "remove" ? undefined : newValue(change, item, references);
    if (value === undefined) delete next[name];
    else next[name] = value;
  }
  return next;
}

/** The attribute that `#name` stands for. */
export function nameOf(path: string, { names }: References): string {
  const name = names[path];
  if (name === undefined) throw new Error(`no attribute name is given for ${path}`);
  return name;
}

/** Which of two values of the same type comes first: negative, 0 or positive; undefined for those of different types. */
export function compare(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.N !== undefined && b.N !== undefined) return Number(a.N) - Number(b.N);
  if (a.S !== undefined && b.S !== undefined) return Buffer.compare(Buffer.from(a.S), Buffer.from(b.S));
  if (a.B !== undefined && b.B !== undefined) return Buffer.compare(a.B, b.B);
  return undefined;
}

function valueFor(operand: Operand, item: Item, references: References): AttributeValue | undefined {
  switch (operand.kind) {
    case "path":
      return item[nameOf(operand.name, references)];
    case "value":
      return given(operand.name, references);
    case "call":
      return callOf(operand, item, references);
  }
}

function given(name: string, { values }: References): AttributeValue {
  const value = values[name];
  if (value === undefined) throw new Error(`no value is given for ${name}`);
  return value;
}

function callOf({ name, given: operands }: Operand & { kind: "call" }, item: Item, references: References) {
  const [first, second] = operands.map((operand) => valueFor(operand, item, references));
  if (name === "if_not_exists") return first ?? second;
  if (name === "list_append" && first?.L && second?.L) return { L: [...first.L, ...second.L] };
  throw new Error(`the function ${name} is not simulated for ${JSON.stringify(operands)}`);
}

function predicateHolds(name: string, values: readonly (AttributeValue | undefined)[]): boolean {
  const [first, ...others] = values;
  const [second, third] = others;
  if (name === "attribute_exists") return first !== undefined;
  if (name === "attribute_not_exists") return first === undefined;
  // A missing attribute equals nothing and precedes nothing.
  if (name === "<>") return first === undefined || second === undefined || !equal(first, second);
  if (first === undefined || second === undefined) return false;
  const order = (other: AttributeValue | undefined) => (other && compare(first, other)) ?? Number.NaN;
  switch (name) {
    case "=":
      return equal(first, second);
    case "<":
      return order(second) < 0;
    case "<=":
      return order(second) <= 0;
    case ">":
      return order(second) > 0;
    case ">=":
      return order(second) >= 0;
    case "BETWEEN":
      return order(second) >= 0 && order(third) <= 0;
    case "IN":
      return others.some((other) => other !== undefined && equal(first, other));
    case "attribute_type":
      return second.S !== undefined && second.S in first;
    case "begins_with":
      return first.S !== undefined && second.S !== undefined && first.S.startsWith(second.S);
    case "contains":
      return contains(first, second);
    default:
      throw new Error(`the condition ${name} is not simulated`);
  }
}

function equal(a: AttributeValue, b: AttributeValue): boolean {
  const order = compare(a, b);
  return order === undefined ? isDeepStrictEqual(a, b) : order === 0;
}

function contains(whole: AttributeValue, part: AttributeValue): boolean {
  if (whole.S !== undefined) return part.S !== undefined && whole.S.includes(part.S);
  if (whole.NS !== undefined) return whole.NS.some((one) => Number(one) === Number(part.N));
  if (whole.SS !== undefined) return part.S !== undefined && whole.SS.includes(part.S);
  return whole.L?.some((one) => equal(one, part)) ?? false;
}

function newValue(
  change: Exclude<Change, { kind: "remove" }>,
  item: Item,
  references: References,
): AttributeValue | undefined {
  const old = item[nameOf(change.path, references)];
  if (change.kind === "add") return added(old, given(change.value, references));
  if (change.kind === "delete") return without(old, given(change.value, references));
  const [first, second] = change.to.map((operand) => valueFor(operand, item, references));
  if (first === undefined)
    throw new Error("the expression refers to an attribute that does not exist in the item");
  if (change.sign === undefined) return first;
  if (first.N === undefined || second?.N === undefined) throw new Error("an operand is not a number");
  return { N: String(Number(first.N) + Number(`${change.sign}1`) * Number(second.N)) };
}

function added(old: AttributeValue | undefined, more: AttributeValue): AttributeValue {
  if (more.N !== undefined) return { N: String(Number(old?.N ?? 0) + Number(more.N)) };
  if (more.NS !== undefined) return { NS: [...new Set([...(old?.NS ?? []), ...more.NS])] };
  if (more.SS !== undefined) return { SS: [...new Set([...(old?.SS ?? []), ...more.SS])] };
  throw new Error("ADD takes numbers and sets only");
}

/** A set that has nothing left is no attribute any more. */
function without(old: AttributeValue | undefined, less: AttributeValue): AttributeValue | undefined {
  if (old === undefined) return undefined;
  const numbers = old.NS?.filter((one) => !less.NS?.includes(one));
  const texts = old.SS?.filter((one) => !less.SS?.includes(one));
  if (numbers) return numbers.length > 0 ? { NS: numbers } : undefined;
  if (texts) return texts.length > 0 ? { SS: texts } : undefined;
  throw new Error("DELETE takes sets only");
}
