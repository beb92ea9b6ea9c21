import type { Json, JsonObject } from "../../../../lib/core/json.ts";
import { type Reader, render } from "./template.ts";
import { isMapping, sorted } from "./values.ts";

/** Whether all of the conditions hold, or with `any` one of them. */
export function hold(conditions: Json | undefined, reader: Reader, match: Json = "all"): boolean {
  const all = (conditions ?? []) as readonly JsonObject[];
  return match === "any" ? all.some((one) => holds(one, reader)) : all.every((one) => holds(one, reader));
}

function holds(condition: JsonObject, reader: Reader): boolean {
  if (condition.all) return hold(condition.all, reader);
  if (condition.any) return hold(condition.any, reader, "any");
  if (condition.not) return !holds(condition.not as JsonObject, reader);
  const value = condition.value === undefined ? undefined : render(condition.value, reader);
  return compare(String(condition.op ?? condition.operator), reader.read(String(condition.field)), value);
}

function compare(op: string, field: Json | undefined, value: Json | undefined): boolean {
  const texts = typeof field === "string" && typeof value === "string";
  switch (op) {
    case "eq":
      return same(field, value);
    case "in":
      return field !== undefined && Array.isArray(value) && value.some((item) => same(item, field));
    case "not_in":
      return Array.isArray(value) && !compare("in", field, value);
    case "gt":
      return order(field, value) > 0;
    case "gte":
      return order(field, value) >= 0;
    case "lt":
      return order(field, value) < 0;
    case "lte":
      return order(field, value) <= 0;
    case "contains":
      if (Array.isArray(field)) return field.some((item) => same(item, value));
      return texts
        ? field.includes(value)
        : isMapping(field) && typeof value === "string" && Object.hasOwn(field, value);
    case "startswith":
      return texts && field.startsWith(value);
    case "endswith":
      return texts && field.endsWith(value);
    case "matches":
      return texts && new RegExp(value).test(field);
    case "exists":
      return ((field ?? null) !== null) !== (value === false);
    case "empty":
      if (typeof field === "object" && field !== null) return ["[]", "{}"].includes(JSON.stringify(field));
      return field === undefined || field === null || field === "";
    case "ne":
      return !compare("eq", field, value);
    default:
      return !compare(op.replace("not_", ""), field, value);
  }
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return a !== undefined && sorted(a) === sorted(b ?? null);
}

/** Sign of a comparison, NaN where the two cannot be compared. */
function order(a: Json | undefined, b: Json | undefined): number {
  const isNumber = (value: Json | undefined) =>
    typeof value === "number" || (typeof value === "string" && /^-?\d+$/.test(value));
  if (isNumber(a) && isNumber(b)) return Number(a) - Number(b);
  if (typeof a !== "string" || typeof b !== "string") return Number.NaN;
  return a < b ? -1 : a > b ? 1 : 0;
}
