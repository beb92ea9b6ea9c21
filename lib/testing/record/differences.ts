import { isObject, type Json, jsonEquals } from "../../core/json.ts";
import type { Path } from "../../core/path.ts";

/** The paths at which two values differ: the innermost that both have. */
export function differences(a: Json | undefined, b: Json | undefined, path: Path = []): readonly Path[] {
  if (isObject(a) && isObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].flatMap((key) => differences(own(a, key), own(b, key), [...path, key]));
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length)
    return a.flatMap((item, index) => differences(item, b[index], [...path, String(index)]));
  return jsonEquals(a, b) ? [] : [path];
}

function own(value: { readonly [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
