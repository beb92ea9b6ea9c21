import { isObject, type Json } from "../core/json.ts";

/** A value of a YAML file with the places of everything in it. Places are offsets into the file's text. */
export interface YamlNode {
  readonly value: Json;
  readonly at: number;
  /** Behind its last character; comments and line ends that follow it don't belong to it. */
  readonly end: number;
  /** A plain scalar as it is written. */
  readonly source?: string;
  /** Of a mapping. */
  readonly entries?: ReadonlyMap<string, YamlEntry>;
  /** Of a list. */
  readonly items?: readonly YamlNode[];
}

/** One key of a mapping and its value. */
export interface YamlEntry {
  readonly keyAt: number;
  readonly node: YamlNode;
}

/** The value under a key, undefined when the node has none. */
export function child(node: YamlNode, key: string | number): YamlNode | undefined {
  return node.items ? node.items[Number(key)] : node.entries?.get(String(key))?.node;
}

/** The keys and values of a mapping, or the indexes and items of a list. */
export function childrenOf(node: YamlNode): readonly (readonly [string, YamlNode])[] {
  if (node.items) return node.items.map((item, index) => [String(index), item]);
  return [...(node.entries ?? [])].map(([key, entry]) => [key, entry.node]);
}

/** The node at the end of a path of keys, or the last one on the way to it. */
export function nearestNode(node: YamlNode, path: readonly PropertyKey[]): YamlNode {
  let nearest = node;
  for (const key of path) {
    // `operator` is another spelling of `op`: the one key that a schema may name differently from the file.
    const next = child(nearest, toKey(key)) ?? (key === "op" ? child(nearest, "operator") : undefined);
    if (!next) return nearest;
    nearest = next;
  }
  return nearest;
}

/** The node at the end of a path of keys, undefined when there is none. */
export function nodeAt(node: YamlNode, path: readonly PropertyKey[]): YamlNode | undefined {
  let found: YamlNode | undefined = node;
  for (const key of path) found = found && child(found, toKey(key));
  return found;
}

/** True for a node that holds a mapping. */
export function isMapping(
  node: YamlNode | undefined,
): node is YamlNode & Required<Pick<YamlNode, "entries">> {
  return node !== undefined && isObject(node.value);
}

function toKey(key: PropertyKey): string | number {
  return typeof key === "symbol" ? String(key) : key;
}
