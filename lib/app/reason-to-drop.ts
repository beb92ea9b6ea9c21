import { brokenCondition } from "../core/broken-condition.ts";
import { type Condition, type ConditionContext, conditionsHold } from "../core/condition.ts";

/** Why an input's filter drops an event; undefined for one that is wanted. */
export function reasonToDrop(filter: readonly Condition[], context: ConditionContext): string | undefined {
  const holds = (conditions: readonly Condition[]) => conditionsHold(conditions, context);
  return holds(filter) ? undefined : `input.filter: ${brokenCondition(filter, holds)}`;
}
