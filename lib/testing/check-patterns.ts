import { compilePattern } from "../core/condition.ts";
import { reportThrown } from "../language/check-text.ts";
import { nameHint } from "../language/nearest-name.ts";
import type { ProblemLog } from "../language/problem-log.ts";
import { childrenOf, type YamlNode } from "../language/yaml-node.ts";
import { isMatcher, MATCHERS, TYPE_NAMES } from "./pattern.ts";

/** Reports what is no matcher anywhere inside an expected value. */
export function checkPatterns(node: YamlNode | undefined, problems: ProblemLog): void {
  if (!node) return;
  if (isMatcher(node.value)) checkMatcher(node, problems);
  else for (const [, inner] of childrenOf(node)) checkPatterns(inner, problems);
}

function checkMatcher(node: YamlNode, problems: ProblemLog): void {
  for (const [name, { keyAt, node: wanted }] of node.entries ?? []) {
    if (!Object.hasOwn(MATCHERS, name)) {
      const message = name.startsWith("$")
        ? `there is no matcher "${name}"`
        : `"${name}" stands beside matchers, which take the place of the whole value`;
      const way = name.startsWith("$")
        ? nameHint(name, Object.keys(MATCHERS))
        : "a mapping with such keys is written { $equals: … }";
      problems.error(name.startsWith("$") ? "unknown-key" : "conflicting-keys", keyAt, message, way);
    } else checkWanted(name, wanted, problems);
  }
}

function checkWanted(name: string, wanted: YamlNode, problems: ProblemLog): void {
  const { value, at } = wanted;
  switch (name) {
    case "$matches":
      if (typeof value === "string")
        reportThrown("pattern-syntax", at, problems, () => void compilePattern(value));
      else problems.error("wrong-type", at, "$matches: expected a regular expression");
      return;
    case "$type":
      if (!TYPE_NAMES.includes(String(value)))
        problems.error(
          "wrong-value",
          at,
          `$type: there is no type "${value}"`,
          nameHint(String(value), TYPE_NAMES),
        );
      return;
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      if (typeof value !== "number" && !JSON.isRawJSON(value))
        problems.error("wrong-type", at, `${name}: expected a number`);
      return;
    case "$one_of":
      if (!wanted.items) problems.error("wrong-type", at, "$one_of: expected a list");
      checkPatterns(wanted, problems);
      return;
    case "$equals":
      return;
    default:
      checkPatterns(wanted, problems);
  }
}
