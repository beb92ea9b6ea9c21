import * as z from "zod";
import { conditionSchema } from "../core/condition.ts";
import { isObject, type Json } from "../core/json.ts";
import { type BlockPlace, defineStep } from "../core/step.ts";
import type { StepContext } from "../core/step-context.ts";

const branch = z.strictObject({
  conditions: z.array(conditionSchema).describe("What must hold"),
  match: z.enum(["all", "any"]).default("all").describe("Whether all conditions must hold or one is enough"),
});

const schema = z.strictObject({
  if: branch.describe("The first branch: `conditions`, `match`, `steps`"),
  else_if: z.array(branch).default([]).describe("Further branches, tried in order"),
  else: z.strictObject({}).nullish().describe("The branch when no other holds: `steps`"),
});

/** Runs the first of its branches whose conditions hold, on the same state. */
export const ifElse = defineStep({
  type: "if_else",
  summary: "Choose between lists of steps",
  effect: false,
  repeatable: true,
  defaultOutput: null,
  timeoutSeconds: null,
  schema,
  facts: { shape: () => ({ branch: {} }) },
  conditions: ["if", "else_if"],
  nested: [
    { at: ["if", "steps"], required: true, or: ["steps"] },
    { at: ["else_if", "*", "steps"], required: true },
    { at: ["else", "steps"], required: false },
  ],
  blocks(raw): readonly BlockPlace[] {
    const elseIf: readonly Json[] = Array.isArray(raw.else_if) ? raw.else_if : [];
    return [
      {
        label: "if",
        at: "steps" in raw ? ["steps"] : ["if", "steps"],
        required: true,
        ...(holdsAlways(raw.if) && { always: true }),
      },
      ...elseIf.map((one, index) => ({
        label: `else_if_${index + 1}`,
        at: ["else_if", index, "steps"],
        required: true,
        ...(holdsAlways(one) && { always: true }),
      })),
      ...(isObject(raw.else)
        ? [{ label: "else", at: ["else", "steps"], required: false, always: true }]
        : []),
    ];
  },
  async run(params, context) {
    const label = context.enteredBlock() ?? chosenBranch(params, context);
    if (label !== null) {
      const end = await context.runBlock(label);
      if (end.kind !== "done") return end;
    }
    return { kind: "next", output: { branch: label }, note: label ?? "no branch held" };
  },
});

/** Without conditions all of them hold. */
function holdsAlways(raw: Json | undefined): boolean {
  return (
    isObject(raw) &&
    Array.isArray(raw.conditions) &&
    raw.conditions.length === 0 &&
    (raw.match ?? "all") === "all"
  );
}

function chosenBranch(params: z.infer<typeof schema>, context: StepContext): string | null {
  const branches = [params.if, ...params.else_if];
  const index = branches.findIndex(({ conditions, match }) => context.holds(conditions, match));
  if (index < 0) return params.else ? "else" : null;
  return index === 0 ? "if" : `else_if_${index}`;
}
