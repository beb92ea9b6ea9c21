import { formatJson, isObject, type Json } from "../core/json.ts";

/** A value that differs, by its place: keys joined with dots. An absent side was not there. */
export interface ValueChange {
  readonly field: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** What differs between two values, leaf by leaf; lists of different lengths count as one leaf. */
export function diffValues(
  before: Json | undefined,
  after: Json | undefined,
  field = "",
): readonly ValueChange[] {
  if (before === undefined || after === undefined) {
    if (before === after) return [];
    return [{ field, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((one: Json, index) => diffValues(one, after[index], below(field, String(index))));
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => diffValues(before[key], after[key], below(field, key)));
  }
  return formatJson(before) === formatJson(after) ? [] : [{ field, before, after }];
}

function below(field: string, key: string): string {
  return field === "" ? key : `${field}.${key}`;
}
