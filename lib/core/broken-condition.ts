import type { Condition } from "./condition.ts";
import { excerpt } from "./excerpt.ts";
import { formatJson } from "./json.ts";

/** The first of some conditions that does not hold, in words. */
export function brokenCondition(
  conditions: readonly Condition[],
  holds: (conditions: readonly Condition[]) => boolean,
): string {
  const index = conditions.findIndex((condition) => !holds([condition]));
  const broken = conditions[index];
  if (broken === undefined || !("field" in broken)) return `condition ${index + 1} does not hold`;
  const value = broken.value === undefined ? "" : ` ${excerpt(formatJson(broken.value), 100)}`;
  return `${broken.field} ${broken.op}${value} does not hold`;
}
