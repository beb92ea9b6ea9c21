import { isObject, type Json } from "../../core/json.ts";
import { formatPath, type Path } from "../../core/path.ts";

/** What a pattern does not fix: any value may stand at `open`, and nothing is said of `untold`. */
export interface Leeway {
  readonly open: readonly Path[];
  readonly untold: readonly Path[];
}

/** A pattern that a value fits, and no other but for its leeway. */
export function exactPattern(value: Json, { open, untold }: Leeway): Json {
  const [opened, left] = [open, untold].map((paths) => new Set(paths.map(formatPath)));
  const patternAt = (inner: Json, path: Path): Json => {
    if (opened?.has(formatPath(path)) || left?.has(formatPath(path))) return { $any: true };
    if (Array.isArray(inner)) return inner.map((item, index) => patternAt(item, [...path, String(index)]));
    if (!isObject(inner)) return inner;
    const entries = Object.entries(inner);
    if (entries.length === 0 || entries.some(([key]) => key.startsWith("$"))) return { $equals: inner };
    const told = entries.filter(([key]) => key !== "__proto__" && !left?.has(formatPath([...path, key])));
    return Object.fromEntries(told.map(([key, item]) => [key, patternAt(item, [...path, key])]));
  };
  return patternAt(value, []);
}
