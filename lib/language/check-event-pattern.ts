import { describeValue } from "./describe-issue.ts";
import { nameHint, nearestName } from "./nearest-name.ts";
import type { ProblemLog } from "./problem-log.ts";
import { childrenOf, isMapping, type YamlNode } from "./yaml-node.ts";

/** The fields of an event (Amazon EventBridge User Guide, "Event structure"). */
const FIELDS = ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"];

/** Checks the form of an event pattern: known fields on top, and lists of what may stand in each place. */
export function checkEventPattern(node: YamlNode, problems: ProblemLog): void {
  if (!isMapping(node)) return;
  if (node.entries.size === 0)
    problems.error(
      "wrong-value",
      node.at,
      "pattern: an empty pattern would fit every event of the bus",
      "name at least a source: { source: [my.app] }",
    );
  for (const [field, { keyAt }] of node.entries) {
    if (FIELDS.includes(field) || field === "$or") continue;
    const near = nearestName(field, FIELDS);
    problems.error(
      "unknown-key",
      keyAt,
      `pattern: events have no field "${field}"`,
      nameHint(field, FIELDS),
      near === undefined ? undefined : problems.replacing(keyAt, field, near),
    );
  }
  checkLeaves(node, problems);
}

/** EventBridge takes a list wherever a value is matched; what the list holds is its own language. */
function checkLeaves(node: YamlNode, problems: ProblemLog, path = "pattern"): void {
  for (const [key, inner] of childrenOf(node)) {
    if (inner.items) continue;
    const place = `${path}.${key}`;
    if (isMapping(inner)) checkLeaves(inner, problems, place);
    else
      problems.error(
        "wrong-type",
        inner.at,
        `${place}: found ${describeValue(inner.value)}, expected a list of what fits`,
        `write [${inner.source ?? JSON.stringify(inner.value)}]`,
      );
  }
}
