import * as z from "zod";
import { brokenCondition } from "../core/broken-condition.ts";
import { type Condition, conditionSchema } from "../core/condition.ts";
import { defineStep } from "../core/step.ts";
import type { StepContext } from "../core/step-context.ts";

const conditions = z.array(conditionSchema);

const schema = z.strictObject({
  conditions: conditions.optional().describe("All must hold"),
  groups: z
    .array(z.strictObject({ conditions: conditions.describe("All must hold") }))
    .min(1)
    .optional()
    .describe("`[{ conditions }…]`: all conditions of at least one group must hold"),
  drop_on_failure: z
    .boolean()
    .default(true)
    .describe("End the run as `dropped` when it does not pass; false: go on"),
});

/** Lets the run go on only when its conditions hold. */
export const filter = defineStep({
  type: "filter",
  summary: "Go on only when conditions hold",
  effect: false,
  repeatable: true,
  defaultOutput: null,
  timeoutSeconds: null,
  schema,
  facts: { shape: () => ({ passed: {}, groups: "any" }) },
  conditions: ["conditions", "groups"],
  check: (raw) =>
    "conditions" in raw === "groups" in raw
      ? [{ at: [], message: "a filter has either conditions or groups: give one of the two" }]
      : [],
  run({ conditions: single = [], groups = [{ conditions: single }], drop_on_failure }, context) {
    const held = groups.map((group) => context.holds(group.conditions));
    const passed = held.includes(true);
    const reason = passed ? undefined : reasonOf(groups, context);
    if (reason !== undefined && drop_on_failure) return { kind: "drop", reason };
    return { kind: "next", output: { passed, groups: held }, ...(reason !== undefined && { note: reason }) };
  },
});

function reasonOf(
  groups: readonly { readonly conditions: readonly Condition[] }[],
  context: StepContext,
): string {
  const [only] = groups;
  if (groups.length > 1 || only === undefined) return `none of ${groups.length} groups of conditions holds`;
  return brokenCondition(only.conditions, (conditions) => context.holds(conditions));
}
