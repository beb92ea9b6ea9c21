import type { Json, JsonObject } from "../../../../lib/core/json.ts";
import { Refusal } from "./failure.ts";

/** A path and what is put there. */
export type Write = readonly [path: string, value: Json];

/** True for a mapping. */
export function isMapping(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

/** The keys of a path as files write it. */
export function keysOf(path: string): readonly string[] {
  return [...path.matchAll(/"([^"]*)"|[^.[\]"]+/g)].map(([key, quoted]) => quoted ?? key);
}

/** The value at a path, undefined when there is none. */
export function valueAt(value: Json | undefined, keys: readonly string[]): Json | undefined {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (Array.isArray(value)) return valueAt(value[Number(key)], rest);
  return isMapping(value) && Object.hasOwn(value, key) ? valueAt(value[key], rest) : undefined;
}

/** The state after writes. @throws Refusal where a list has no such place. */
export function written(state: JsonObject, writes: readonly Write[]): JsonObject {
  return writes.reduce(
    (now, [path, value]) => withValueAt(now, stateKeysOf(path), value) as JsonObject,
    state,
  );
}

/** The keys of a path below the state. */
export function stateKeysOf(path: string): readonly string[] {
  return keysOf(path.replace(/^state\./, ""));
}

function withValueAt(value: Json | undefined, keys: readonly string[], put: Json): Json {
  const [key, ...rest] = keys;
  if (key === undefined) return put;
  if (Array.isArray(value)) {
    if (!/^\d+$/.test(key) || Number(key) > value.length) throw new Refusal("invalid_input");
    return Object.assign([...value], { [key]: withValueAt(value[Number(key)], rest, put) });
  }
  const parent = isMapping(value) ? value : {};
  return { ...parent, [key]: withValueAt(valueAt(parent, [key]), rest, put) };
}

/** How a value looks inside longer text. */
export function asText(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** JSON text that does not depend on the order of keys. */
export function sorted(value: Json): string {
  return JSON.stringify(value, (_key, part) =>
    isMapping(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}
