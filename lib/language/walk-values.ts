import { child, childrenOf, isMapping, type YamlNode } from "./yaml-node.ts";

/** Says of a place inside a value, by its keys, that it and what lies below is left out. */
export type Skip = (path: readonly string[]) => boolean;

/** A condition as it stands in a file. */
export interface ConditionNode {
  readonly field: YamlNode & { readonly value: string };
  /** As the file spells it; it may be no operator. */
  readonly op: unknown;
  readonly value: YamlNode | undefined;
}

/** Visits every text anywhere inside a value, in the order of the file. */
export function eachText(
  node: YamlNode,
  visit: (text: string, node: YamlNode) => void,
  skip?: Skip,
  path: readonly string[] = [],
): void {
  if (skip?.(path)) return;
  if (typeof node.value === "string") visit(node.value, node);
  for (const [key, inner] of childrenOf(node)) eachText(inner, visit, skip, [...path, key]);
}

/** Visits every condition anywhere inside a value: each mapping that names a field. */
export function eachCondition(
  node: YamlNode,
  visit: (condition: ConditionNode) => void,
  skip?: Skip,
  path: readonly string[] = [],
): void {
  if (skip?.(path)) return;
  const field = isMapping(node) ? child(node, "field") : undefined;
  if (field && hasText(field)) {
    const op = (child(node, "op") ?? child(node, "operator"))?.value;
    visit({ field, op, value: child(node, "value") });
    return;
  }
  for (const [key, inner] of childrenOf(node)) eachCondition(inner, visit, skip, [...path, key]);
}

/** Visits a value that is a text, or each of a list of them. */
export function eachOf(node: YamlNode, visit: (node: YamlNode & { readonly value: string }) => void): void {
  if (hasText(node)) visit(node);
  for (const item of node.items ?? []) eachOf(item, visit);
}

function hasText(node: YamlNode): node is YamlNode & { readonly value: string } {
  return typeof node.value === "string";
}
